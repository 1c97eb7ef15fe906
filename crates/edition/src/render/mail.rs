//! The e-mail: one message with a text part and an HTML part (RFC 2046, `multipart/alternative`), whose styles stand
//! in the elements because mail readers drop sheets.
//!
//! It is the edition's front page in full and the first items of each rubrique, so that no mail reader cuts it off;
//! who wants all has the page. The same edition and envelope give the same bytes: nothing in it is drawn by lot.

use std::time::SystemTime;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use minijinja::value::Serde;
use minijinja::{Value, context};

use super::feed;
use super::view::View;
use crate::EditionError;
use crate::format::MESSAGE_TITLES;
use crate::look::Look;

/// Who writes to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Whom it is from, e.g. `Revue de presse <revue@example.org>`.
    pub from: Mailbox,
    /// Where answers go, where that is elsewhere.
    pub reply_to: Option<Mailbox>,
    /// Whom it is to; a message without a recipient is a draft.
    pub to: Option<Mailbox>,
    /// Where a reader leaves the list: a `https://` or `mailto:` address in which `{recipient}` stands for
    /// theirs (RFC 2369).
    pub unsubscribe: Option<String>,
    /// When it is sent; the moment the edition is as of where left out.
    pub date: Option<SystemTime>,
}

impl Envelope {
    /// A draft of the house: from nobody who could be answered.
    #[must_use]
    pub fn draft(publisher: &str) -> Self {
        let address = Address::new("revue", "localhost").expect("`revue@localhost` is an address");
        let name = Some(publisher.to_owned()).filter(|name| !name.is_empty());
        Self { from: Mailbox::new(name, address), reply_to: None, to: None, unsubscribe: None, date: None }
    }

    /// The address to leave the list at, for its recipient; a draft has none.
    fn leave(&self) -> Option<String> {
        let recipient = percent_encoded(self.to.as_ref()?.email.as_ref());
        Some(self.unsubscribe.as_ref()?.replace("{recipient}", &recipient))
    }
}

/// The message as it is sent (RFC 5322).
pub(super) fn mail(view: &View<'_>, look: &Look, envelope: &Envelope) -> Result<Vec<u8>, EditionError> {
    let values = context! {
        e => Value::from(Serde(view)),
        most => MESSAGE_TITLES,
        left => view.blocks.iter().map(|block| left(view, block.front, block.items.len())).collect::<Vec<_>>(),
        unsubscribe => envelope.leave(),
    };
    let html = look.fill("mail.html.jinja", values.clone())?;
    let text = look.fill("mail.txt.jinja", values)?;
    let mut builder = Message::builder()
        .from(envelope.from.clone())
        .subject(subject(view).replace('\u{a0}', " "))
        .date(envelope.date.unwrap_or_else(|| view.at.into()))
        .message_id(Some(message_id(view, envelope)));
    if let Some(reply_to) = &envelope.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    builder = match &envelope.to {
        Some(to) => builder.to(to.clone()),
        // A draft goes to nobody, which the format's envelope cannot say.
        None => builder.envelope(nobody(&envelope.from)?),
    };
    for (name, value) in lists(view, envelope) {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
    }
    let part = |kind, body: String| SinglePart::builder().header(kind).body(body);
    let parts = MultiPart::alternative()
        .boundary(boundary(view, envelope))
        .singlepart(part(ContentType::TEXT_PLAIN, text))
        .singlepart(part(ContentType::TEXT_HTML, html));
    let message = builder.multipart(parts).map_err(|e| EditionError::Mail(e.to_string()))?;
    Ok(message.formatted())
}

fn nobody(from: &Mailbox) -> Result<lettre::address::Envelope, EditionError> {
    lettre::address::Envelope::new(Some(from.email.clone()), vec![from.email.clone()])
        .map_err(|e| EditionError::Mail(e.to_string()))
}

/// `Et 12 sujets de plus dans l’édition.`, where a block has more than is shown.
fn left(view: &View<'_>, front: bool, items: usize) -> Option<String> {
    let left = if front { 0 } else { items.saturating_sub(MESSAGE_TITLES) };
    (left > 0).then(|| view.labels.filled("more", "stories", &view.labels.count(left, "story")))
}

/// The headers of a list (RFC 2369, RFC 2919, RFC 8058) and of a message no person wrote (RFC 3834).
fn lists(view: &View<'_>, envelope: &Envelope) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("Content-Language", view.lang.to_owned()),
        ("List-Id", format!("<{}.{}>", view.name, envelope.from.email.domain())),
    ];
    if let Some(leave) = envelope.leave() {
        let one_click = leave.starts_with("https://");
        headers.push(("List-Unsubscribe", format!("<{leave}>")));
        if one_click {
            headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
    }
    headers
}

/// What a reader sees first: a corrected edition says so.
fn subject(view: &View<'_>) -> String {
    if view.errata.is_empty() {
        return view.full_title.clone();
    }
    view.labels.filled("mail_corrected", "title", &view.full_title)
}

/// What tells this message from all others: edition, day, revision and recipient.
fn key(view: &View<'_>, envelope: &Envelope) -> String {
    let to = envelope.to.as_ref().map(ToString::to_string).unwrap_or_default();
    let revised = view.revised.as_deref().unwrap_or_default();
    feed::urn(&format!("{}\n{}\n{}\n{revised}\n{to}", view.publisher, view.name, view.date))
        .replace("urn:uuid:", "")
}

fn message_id(view: &View<'_>, envelope: &Envelope) -> String {
    format!("<{}@{}>", key(view, envelope), envelope.from.email.domain())
}

fn boundary(view: &View<'_>, envelope: &Envelope) -> String {
    format!("=_{}", key(view, envelope))
}

/// An address as part of another one (RFC 3986, 2.3).
fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_leaves_by_an_address_of_their_own() {
        let mut envelope = Envelope::draft("Maison");
        envelope.unsubscribe = Some("https://revue.example/quitter?qui={recipient}".to_owned());
        envelope.to = Some("Zoé <zoe+revue@example.org>".parse().unwrap());
        assert_eq!(envelope.leave().unwrap(), "https://revue.example/quitter?qui=zoe%2Brevue%40example.org");
    }
}
