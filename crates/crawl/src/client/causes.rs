//! Why a request failed, as far as the causes of the error tell.

use std::error::Error as _;

use kiosque_model::Reason;

use super::Trouble;
use crate::guard::Refused;

/// The kind of a failed request, by its chain of causes.
pub(super) fn trouble(error: &reqwest::Error) -> Trouble {
    let mut detail = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return Trouble::Lasting(Reason::RefusedAddress, refused.to_string());
        }
        // How rustls tells of a certificate: inside an error of the connection.
        if error.is_connect() && is_bad_data(inner) {
            return Trouble::Untrusted(format!("no trusted connection: {inner}"));
        }
        detail = inner.to_string();
        cause = inner.source();
    }
    if error.is_builder() {
        return Trouble::Lasting(Reason::RefusedAddress, detail);
    }
    let is_silent = !(error.is_decode() || error.is_body());
    let what = if error.is_dns() {
        "the name is not found"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_decode() || error.is_body() {
        "the body broke off"
    } else {
        "no answer"
    };
    let told = format!("{what}: {detail}");
    if is_silent { Trouble::Silent(told) } else { Trouble::Passing(told) }
}

/// Whether an error of the connection holds one of what came over it, however deep: `source` passes over what an
/// `io::Error` wraps.
fn is_bad_data(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut wrapped = error.downcast_ref::<std::io::Error>();
    while let Some(error) = wrapped {
        if error.kind() == std::io::ErrorKind::InvalidData {
            return true;
        }
        wrapped = error.get_ref().and_then(|inner| inner.downcast_ref());
    }
    false
}
