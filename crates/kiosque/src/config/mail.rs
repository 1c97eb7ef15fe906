//! The `[mail]` section: the server that takes the edition's mail, who writes it, and to whom.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use kiosque_edition::{Envelope, MailServer, Mailbox, Security};

use super::node::{Node, Origin};
use super::read::whole;
use super::section::{ConfigError, Section};

/// How editions are mailed.
#[derive(Debug, Clone)]
pub(crate) struct MailConfig {
    /// Who writes; without a recipient.
    pub(crate) envelope: Envelope,
    /// A file with a recipient a line, where one is named.
    pub(crate) recipients: Option<PathBuf>,
    /// The pause between two recipients.
    pub(crate) pause_between: Duration,
    server: MailServer,
    user: Option<String>,
    password: Option<String>,
    password_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

impl MailConfig {
    /// The server with its secrets, which are read now.
    ///
    /// # Errors
    /// Where a file it names cannot be read.
    pub(crate) fn server(&self) -> Result<MailServer> {
        let mut server = self.server.clone();
        let file = |key: &str, path: &Path| {
            std::fs::read(path).with_context(|| format!("cannot read `{key}` from `{}`", path.display()))
        };
        if let Some(path) = &self.ca_file {
            server.authority_pem = Some(file("mail.ca_file", path)?);
        }
        if let Some(user) = &self.user {
            let password = match (&self.password, &self.password_file) {
                (Some(password), _) => password.clone(),
                (None, Some(path)) => {
                    let bytes = file("mail.password_file", path)?;
                    String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()
                }
                (None, None) => String::new(),
            };
            server.credentials = Some((user.clone(), password));
        }
        Ok(server)
    }

    /// Its name for people: `smtp.example.org:587`.
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }
}

/// Reads the section; none where there is none.
pub(super) fn mail(node: Option<Node>, errors: &mut Vec<ConfigError>) -> Option<MailConfig> {
    let there = node.is_some();
    let mut section = Section::open("mail", node, errors);
    if !there {
        section.close();
        return None;
    }
    let kinds = [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)];
    let security = section.choice("security", &kinds, Security::StartTls);
    let usual = match security {
        Security::StartTls => 587,
        Security::Tls => 465,
        Security::None => 25,
    };
    let hint = "name the mail server, e.g. `smtp.example.org`";
    let server = section.required_parsed("server", hint, |text| host_and_port(text, usual));
    let hint = "say who writes, e.g. `Revue de presse <revue@example.org>`";
    let from = section.required_parsed("from", hint, mailbox);
    let envelope = Envelope {
        reply_to: section.parsed("reply_to", mailbox),
        unsubscribe: section.parsed("unsubscribe", unsubscribe),
        ..from.map_or_else(|| Envelope::draft(""), |from| Envelope { from, ..Envelope::draft("") })
    };
    let recipients = section.text("recipients").filter(|file| !file.is_empty()).map(PathBuf::from);
    let user = section.text("user").filter(|user| !user.is_empty());
    let password = from_environment(&mut section);
    let password_file = section.text("password_file").filter(|file| !file.is_empty()).map(PathBuf::from);
    if user.is_some() && password.is_none() && password_file.is_none() {
        section.fail("password_file", None, "is missing; name a file that holds the password");
    }
    let ca_file = section.text("ca_file").filter(|file| !file.is_empty()).map(PathBuf::from);
    let ms = |section: &mut Section<'_>, key, range, usual| {
        Duration::from_millis(whole(section.integer(key, range, usual)))
    };
    let (host, port) = server.unwrap_or_default();
    let server = MailServer {
        host,
        port,
        security,
        credentials: None,
        authority_pem: None,
        timeout: ms(&mut section, "timeout_ms", 100..=600_000, 30_000),
        tries: whole(section.integer("tries", 1..=20, 4)),
        pause: ms(&mut section, "retry_pause_ms", 0..=600_000, 5_000),
    };
    let pause_between = ms(&mut section, "pause_ms", 0..=600_000, 0);
    section.close();
    Some(MailConfig { envelope, recipients, pause_between, server, user, password, password_file, ca_file })
}

fn host_and_port(text: &str, usual: u16) -> Result<(String, u16), String> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| format!("`{port}` is no port"))?),
        None => (text, usual),
    };
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '/') {
        return Err(format!("`{text}` is no server such as `smtp.example.org:587`"));
    }
    Ok((host.to_owned(), port))
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| format!("`{text}` is no address such as `Revue de presse <revue@example.org>`"))
}

fn unsubscribe(text: &str) -> Result<String, String> {
    if text.starts_with("https://") || text.starts_with("mailto:") {
        return Ok(text.to_owned());
    }
    Err(format!("`{text}` is no https:// or mailto: address, in which `{{recipient}}` may stand"))
}

/// The password, which comes from the environment: a pipeline's file is read by too many.
fn from_environment(section: &mut Section<'_>) -> Option<String> {
    let (text, origin) = section.text_at("password")?;
    if let Origin::Line(_) = origin {
        let advice = "a secret does not belong in this file: set KIOSQUE__MAIL__PASSWORD, or name a file with `password_file`";
        section.fail("password", Some(origin), advice);
        return None;
    }
    Some(text)
}
