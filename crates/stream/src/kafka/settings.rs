//! Where the broker is and how to speak to it: what a pipeline says, turned into librdkafka's words.
//!
//! The names librdkafka uses appear here and nowhere else. What this project relies on (manual commits, an
//! idempotent producer, cooperative rebalancing) is set after the operator's own settings, so that none of those
//! can take a promise away.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rdkafka::ClientConfig;

/// What headers and framing may add to a message, beyond key and value.
pub(super) const HEADROOM: usize = 64 << 10;

/// Prefetched messages wait in memory up to so much, in KiB, for each consumer.
const PREFETCH_KIB: &str = "16384";

/// How the names of settings begin that only consumers take.
const OF_CONSUMERS: [&str; 10] = [
    "session.",
    "heartbeat.",
    "max.poll.",
    "group.",
    "fetch.",
    "max.partition.",
    "queued.",
    "auto.offset.",
    "partition.assignment.",
    "isolation.",
];

/// A broker and how to use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaSettings {
    /// Brokers to ask first, `host:port,host:port`.
    pub brokers: String,
    /// Put before the name of every topic and group, so that pipelines may share a cluster.
    pub prefix: String,
    /// Partitions of each topic of the line, when topics are created: the most instances a stage can have.
    pub partitions: u32,
    /// Copies of each partition, when topics are created.
    pub replication: u32,
    /// How long messages are kept, when topics are created. Dead letters and memories are kept for ever.
    pub keep: Duration,
    /// The most a message may have, key and value, in bytes, uncompressed.
    pub max_bytes: usize,
    /// `zstd` or `lz4`.
    pub compression: String,
    /// How long one request may wait for the broker before the caller is told that it is away.
    pub patience: Duration,
    /// Encryption and who is who.
    pub security: Security,
    /// Any other setting of librdkafka, by its name (`max.poll.interval.ms`).
    pub client: BTreeMap<String, String>,
}

/// TLS and SASL.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Security {
    /// Whether to speak TLS.
    pub tls: bool,
    /// The authority that signed the broker's certificate, PEM; the system's where not given.
    pub ca_file: Option<PathBuf>,
    /// Our own certificate and key, PEM, where the broker asks for one.
    pub certificate_file: Option<PathBuf>,
    /// See `certificate_file`.
    pub key_file: Option<PathBuf>,
    /// The key's passphrase.
    pub key_password: Option<String>,
    /// Mechanism, user and password.
    pub sasl: Option<Sasl>,
}

/// A name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Sasl {
    /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    pub mechanism: String,
    /// The user.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Says what is set, never a secret.
impl std::fmt::Debug for Security {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Security")
            .field("tls", &self.tls)
            .field("sasl", &self.sasl.as_ref().map(|sasl| sasl.mechanism.as_str()))
            .finish_non_exhaustive()
    }
}

impl KafkaSettings {
    /// The defaults for these brokers.
    #[must_use]
    pub fn new(brokers: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            prefix: String::new(),
            partitions: 6,
            replication: 1,
            keep: Duration::from_secs(7 * 24 * 3_600),
            max_bytes: 16 << 20,
            compression: "zstd".to_owned(),
            patience: Duration::from_secs(30),
            security: Security::default(),
            client: BTreeMap::new(),
        }
    }

    /// A topic or group by its name on the broker.
    pub(super) fn name(&self, plain: &str) -> String {
        format!("{}{plain}", self.prefix)
    }

    /// What every client needs.
    pub(super) fn client(&self) -> ClientConfig {
        self.common(|name| !OF_CONSUMERS.iter().any(|of| name.starts_with(of)))
    }

    /// As [`Self::client`], with those of the operator's settings that the kind of client takes: librdkafka warns
    /// about others.
    fn common(&self, takes: impl Fn(&str) -> bool) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "kiosque")
            .set("reconnect.backoff.max.ms", "2000")
            .set("socket.keepalive.enable", "true");
        self.secure(&mut config);
        for (name, value) in self.client.iter().filter(|(name, _)| takes(name)) {
            config.set(name, value);
        }
        config
    }

    fn secure(&self, config: &mut ClientConfig) {
        let Security { tls, ca_file, certificate_file, key_file, key_password, sasl } = &self.security;
        let protocol = match (tls, sasl.is_some()) {
            (false, false) => "plaintext",
            (true, false) => "ssl",
            (false, true) => "sasl_plaintext",
            (true, true) => "sasl_ssl",
        };
        config.set("security.protocol", protocol);
        if *tls && ca_file.is_none() {
            config.set("ssl.ca.location", "probe");
        }
        let files = [
            ("ssl.ca.location", ca_file),
            ("ssl.certificate.location", certificate_file),
            ("ssl.key.location", key_file),
        ];
        for (name, file) in files {
            if let Some(file) = file {
                config.set(name, file.to_string_lossy());
            }
        }
        if let Some(password) = key_password {
            config.set("ssl.key.password", password);
        }
        if let Some(Sasl { mechanism, username, password }) = sasl {
            config.set("sasl.mechanisms", mechanism);
            config.set("sasl.username", username).set("sasl.password", password);
        }
    }

    /// A consumer of a group. It commits when told to, never by itself.
    pub(super) fn consumer(&self, group: &str) -> ClientConfig {
        let mut config = self.common(|_| true);
        // With KIP-848 the broker keeps sessions and assigns; the client must not name any of it.
        if config.get("group.protocol") != Some("consumer") {
            for (name, value) in [("session.timeout.ms", "10000"), ("heartbeat.interval.ms", "2000")] {
                if config.get(name).is_none() {
                    config.set(name, value);
                }
            }
            config.set("partition.assignment.strategy", "cooperative-sticky");
        }
        for (name, value) in [("queued.max.messages.kbytes", PREFETCH_KIB), ("fetch.wait.max.ms", "100")] {
            if config.get(name).is_none() {
                config.set(name, value);
            }
        }
        config
            .set("group.id", self.name(group))
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest")
            .set("fetch.error.backoff.ms", "100")
            .set("queued.min.messages", "1000")
            // One message may be larger than what a fetch asks for, and comes all the same.
            .set("fetch.max.bytes", "33554432")
            .set("receive.message.max.bytes", (self.wire_bytes() + (64 << 20)).to_string());
        config
    }

    /// A producer whose retries neither double nor reorder.
    pub(super) fn producer(&self) -> ClientConfig {
        let mut config = self.client();
        config
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("compression.type", &self.compression)
            // A flush waits for the last message of a batch, so lingering is time lost at every hop.
            .set("linger.ms", "1")
            .set("batch.size", "1000000")
            .set("queue.buffering.max.kbytes", "131072")
            // As Java's clients place keys, so that other tools agree on where a page lies.
            .set("partitioner", "murmur2_random")
            .set("message.max.bytes", self.wire_bytes().to_string())
            .set("message.timeout.ms", self.patience.as_millis().to_string());
        config
    }

    /// The most a message may have on the wire, headers included.
    pub(super) fn wire_bytes(&self) -> usize {
        (self.max_bytes + HEADROOM).clamp(1_000, 500_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_promised_cannot_be_set_away() {
        let mut settings = KafkaSettings::new("localhost:9092");
        settings.client = [
            ("enable.auto.commit", "true"),
            ("acks", "0"),
            ("enable.idempotence", "false"),
            ("max.poll.interval.ms", "60000"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let consumer = settings.consumer("dedup");
        assert_eq!(consumer.get("enable.auto.commit"), Some("false"));
        assert_eq!(consumer.get("max.poll.interval.ms"), Some("60000"));
        assert_eq!(consumer.get("partition.assignment.strategy"), Some("cooperative-sticky"));
        let producer = settings.producer();
        assert_eq!((producer.get("acks"), producer.get("enable.idempotence")), (Some("all"), Some("true")));
    }

    #[test]
    fn the_new_protocol_names_no_session() {
        let mut settings = KafkaSettings::new("localhost:9092");
        settings.client.insert("group.protocol".to_owned(), "consumer".to_owned());
        let consumer = settings.consumer("dedup");
        for name in ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"] {
            assert_eq!(consumer.get(name), None, "{name}");
        }
    }

    #[test]
    fn security_is_spelt_and_never_shown() {
        let sasl = |tls| {
            let sasl = Sasl {
                mechanism: "SCRAM-SHA-512".to_owned(),
                username: "kiosque".to_owned(),
                password: "sesame".to_owned(),
            };
            let mut settings = KafkaSettings::new("localhost:9092");
            settings.security = Security { tls, sasl: Some(sasl), ..Security::default() };
            settings
        };
        assert_eq!(sasl(true).client().get("security.protocol"), Some("sasl_ssl"));
        assert_eq!(sasl(false).client().get("security.protocol"), Some("sasl_plaintext"));
        assert_eq!(sasl(true).client().get("sasl.password"), Some("sesame"));
        assert!(!format!("{:?}", sasl(true)).contains("sesame"));
    }
}
