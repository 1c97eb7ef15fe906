//! Sends messages by SMTP (RFC 5321), one recipient at a time, and tries again what a server put off.
//!
//! A server that answers 4xx, or none that answers, may answer later: the message is tried again after a pause that
//! doubles. One that answers 5xx has decided: trying again would only annoy it.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};

/// How a connection to a server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// STARTTLS, demanded (RFC 3207).
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// None: only within a machine.
    None,
}

/// A server that takes mail.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Its host.
    pub host: String,
    /// Its port, 587 for STARTTLS and 465 for TLS as a rule.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Name and password, where it asks for them.
    pub credentials: Option<(String, String)>,
    /// A certificate authority to trust beside the system's, in PEM.
    pub authority_pem: Option<Vec<u8>>,
    /// How long an answer is waited for.
    pub timeout: Duration,
    /// How often a message is tried, at least once.
    pub tries: u32,
    /// The pause before the second try; it doubles from then on.
    pub pause: Duration,
}

/// Why a message did not go out.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The server refused it for good; the next recipient's may pass.
    #[error("refused for good: {0}")]
    Refused(String),
    /// The server put it off or did not answer, as often as it was tried.
    #[error("not sent after {tries} tries: {reason}")]
    PutOff {
        /// How often it was tried.
        tries: u32,
        /// What happened the last time.
        reason: String,
    },
    /// The settings cannot make a connection.
    #[error("cannot connect: {0}")]
    Settings(String),
}

/// A connection to a server, kept open between messages.
pub struct Post {
    transport: SmtpTransport,
    tries: u32,
    pause: Duration,
}

impl Post {
    /// Prepares the connection; nothing is sent yet.
    ///
    /// # Errors
    /// [`PostError::Settings`] where host or certificate cannot be used.
    pub fn open(server: &MailServer) -> Result<Self, PostError> {
        let settings = |e: lettre::transport::smtp::Error| PostError::Settings(e.to_string());
        let parameters = || {
            let mut builder = TlsParameters::builder(server.host.clone());
            if let Some(pem) = &server.authority_pem {
                builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
            }
            builder.build()
        };
        let tls = match server.security {
            Security::StartTls => Tls::Required(parameters().map_err(settings)?),
            Security::Tls => Tls::Wrapper(parameters().map_err(settings)?),
            Security::None => Tls::None,
        };
        let mut builder = SmtpTransport::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(server.timeout));
        if let Some((name, password)) = &server.credentials {
            builder = builder.credentials(Credentials::new(name.clone(), password.clone()));
        }
        Ok(Self { transport: builder.build(), tries: server.tries.max(1), pause: server.pause })
    }

    /// Sends a message as it is, trying again what was put off; `wait` is given the pause before each new try.
    ///
    /// # Errors
    /// [`PostError::Refused`] or [`PostError::PutOff`].
    pub fn send(
        &self,
        message: &[u8],
        from: &Address,
        to: &Address,
        mut wait: impl FnMut(Duration),
    ) -> Result<(), PostError> {
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])
            .map_err(|e| PostError::Refused(e.to_string()))?;
        let mut pause = self.pause;
        for tried in 1.. {
            match self.transport.send_raw(&envelope, message) {
                Ok(_) => return Ok(()),
                Err(error) if error.is_permanent() => return Err(PostError::Refused(told(&error))),
                Err(error) if tried >= self.tries => {
                    return Err(PostError::PutOff { tries: tried, reason: told(&error) });
                }
                Err(_) => {
                    wait(pause);
                    pause = pause.saturating_mul(2);
                }
            }
        }
        unreachable!("the tries are counted")
    }
}

/// An error with what caused it.
fn told(error: &lettre::transport::smtp::Error) -> String {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_said = inner.to_string();
        if !said.contains(&inner_said) {
            said.push_str(": ");
            said.push_str(&inner_said);
        }
        cause = inner.source();
    }
    said
}
