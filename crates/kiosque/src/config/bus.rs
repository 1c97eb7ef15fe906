//! The `[bus]` section: what carries messages between stages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kiosque_stream::{KafkaSettings, Sasl, Security};

use super::node::{Node, Origin, Value};
use super::read::{beside, whole};
use super::section::Section;

const DAY_S: u64 = 24 * 3_600;

/// What carries messages between stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BusConfig {
    /// In memory: gone with the process.
    Memory,
    /// A log in a SQLite file.
    Embedded {
        path: PathBuf,
        /// Messages every stage has read are kept so many days.
        keep_days: u32,
    },
    /// A broker.
    Kafka(Box<KafkaConfig>),
}

/// A broker, and the files its secrets are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KafkaConfig {
    settings: KafkaSettings,
    sasl_password_file: Option<PathBuf>,
    tls_key_password_file: Option<PathBuf>,
}

impl KafkaConfig {
    /// The brokers, as the pipeline names them.
    pub(crate) fn brokers(&self) -> &str {
        &self.settings.brokers
    }

    /// The settings with their secrets, which are read now.
    ///
    /// # Errors
    /// Where a secret's file cannot be read: which.
    pub(crate) fn settings(&self) -> anyhow::Result<KafkaSettings> {
        let mut settings = self.settings.clone();
        if let (Some(file), Some(sasl)) = (&self.sasl_password_file, &mut settings.security.sasl) {
            sasl.password = secret("bus.sasl_password_file", file)?;
        }
        if let Some(file) = &self.tls_key_password_file {
            settings.security.key_password = Some(secret("bus.tls_key_password_file", file)?);
        }
        Ok(settings)
    }
}

/// A secret's file holds it alone; the line's end that editors add is none of it.
fn secret(key: &str, file: &Path) -> anyhow::Result<String> {
    use anyhow::Context;
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the secret of `{key}` from `{}`", file.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Memory,
    Embedded,
    Kafka,
}

pub(super) fn bus(
    node: Option<Node>,
    errors: &mut Vec<super::ConfigError>,
    store: &Path,
    body_bytes: usize,
) -> BusConfig {
    let mut section = Section::open("bus", node, errors);
    let kinds = [("embedded", Kind::Embedded), ("memory", Kind::Memory), ("kafka", Kind::Kafka)];
    let kind = section.choice("kind", &kinds, Kind::Embedded);
    let path = section.text("path").map_or_else(|| beside(store, "bus"), PathBuf::from);
    let keep_days: u32 = whole(section.integer("keep_days", 0..=3_650, 7));
    // The keys of a broker are read whatever the kind, so that one variable turns a pipeline's bus to Kafka.
    let kafka = kafka(&mut section, keep_days, kind == Kind::Kafka);
    if kind == Kind::Kafka && body_bytes > kafka.settings.max_bytes {
        section.fail(
            "max_message_bytes",
            None,
            format!("is less than `crawl.max_body_bytes` = {body_bytes}: a page that is fetched must fit on the bus"),
        );
    }
    section.close();
    match kind {
        Kind::Memory => BusConfig::Memory,
        Kind::Embedded => BusConfig::Embedded { path, keep_days },
        Kind::Kafka => BusConfig::Kafka(Box::new(kafka)),
    }
}

fn kafka(section: &mut Section<'_>, keep_days: u32, wanted: bool) -> KafkaConfig {
    let hint = "name the broker, e.g. `localhost:9092`";
    let brokers =
        if wanted { section.required("brokers", hint) } else { section.text("brokers").unwrap_or_default() };
    let mut settings = KafkaSettings::new(brokers);
    settings.prefix = section.parsed("prefix", prefix).unwrap_or_default();
    settings.partitions = whole(section.integer("partitions", 1..=1_000, i64::from(settings.partitions)));
    settings.replication = whole(section.integer("replication", 1..=9, i64::from(settings.replication)));
    settings.keep = Duration::from_secs(u64::from(keep_days.max(1)) * DAY_S);
    let bytes = i64::try_from(settings.max_bytes).unwrap_or(i64::MAX);
    settings.max_bytes = whole(section.integer("max_message_bytes", 100_000..=400_000_000, bytes));
    settings.compression =
        section.choice("compression", &[("zstd", "zstd"), ("lz4", "lz4")], "zstd").to_owned();
    let patience = section.integer("patience_ms", 1_000..=600_000, 30_000);
    settings.patience = Duration::from_millis(whole(patience));
    let tls_key_password_file = section.text("tls_key_password_file").map(PathBuf::from);
    let sasl_password_file = section.text("sasl_password_file").map(PathBuf::from);
    settings.security = Security {
        tls: section.flag("tls", false),
        ca_file: section.text("tls_ca_file").map(PathBuf::from),
        certificate_file: section.text("tls_certificate_file").map(PathBuf::from),
        key_file: section.text("tls_key_file").map(PathBuf::from),
        key_password: from_environment(section, "tls_key_password"),
        sasl: sasl(section, sasl_password_file.is_some()),
    };
    settings.client = client(section);
    KafkaConfig { settings, sasl_password_file, tls_key_password_file }
}

fn sasl(section: &mut Section<'_>, in_file: bool) -> Option<Sasl> {
    let mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"].map(|name| (name, Some(name)));
    let mechanism = section.choice("sasl_mechanism", &mechanisms, None);
    let username = section.text("sasl_username").unwrap_or_default();
    let password = from_environment(section, "sasl_password");
    let mechanism = mechanism?.to_owned();
    if username.is_empty() {
        section.fail("sasl_username", None, "is missing; `sasl_mechanism` needs a user");
    }
    if password.is_none() && !in_file {
        section.fail("sasl_password_file", None, "is missing; name a file that holds the password");
    }
    Some(Sasl { mechanism, username, password: password.unwrap_or_default() })
}

/// A secret, which comes from the environment: a pipeline's file is read by too many.
fn from_environment(section: &mut Section<'_>, key: &'static str) -> Option<String> {
    let (text, origin) = section.text_at(key)?;
    if let Origin::Line(_) = origin {
        let name = key.to_uppercase();
        let advice = format!(
            "a secret does not belong in this file: set KIOSQUE__BUS__{name}, or name a file with `{key}_file`"
        );
        section.fail(key, Some(origin), advice);
        return None;
    }
    Some(text)
}

/// Any setting of librdkafka; `_` stands for the `.` of its name, which a variable cannot have.
fn client(section: &mut Section<'_>) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    let Some(node) = section.take("client") else { return settings };
    let Value::Table(keys) = node.value else {
        section.fail("client", Some(node.origin), "expected a table of librdkafka's settings");
        return settings;
    };
    for (key, node) in keys {
        let secret = ["password", "secret", "key_pem", "key.pem"].iter().any(|part| key.contains(part));
        if secret && matches!(node.origin, Origin::Line(_)) {
            let name = key.to_uppercase().replace('.', "_");
            let advice = format!(
                "`{key}` is a secret, which does not belong in this file: set KIOSQUE__BUS__CLIENT__{name}"
            );
            section.fail("client", Some(node.origin), advice);
            continue;
        }
        let text = match node.value {
            Value::Text(text) => text,
            Value::Integer(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            other => {
                let message = format!("`{key}`: expected a text or a number, found {}", other.kind());
                section.fail("client", Some(node.origin), message);
                continue;
            }
        };
        settings.insert(key.replace('_', "."), text);
    }
    settings
}

fn prefix(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if text.chars().all(fits) && text.len() <= 100 {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` must be of a-z, A-Z, 0-9, `.`, `_` and `-`, as names of topics are"))
    }
}
