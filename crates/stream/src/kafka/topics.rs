//! The topics a line needs on a broker: created once, checked ever after.
//!
//! A broker must not make topics by itself: it would give them one partition, a day of retention and one megabyte a
//! message, and the first large page would be refused.

use futures::executor::block_on;
use kiosque_model::topic;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::RDKafkaErrorCode;

use super::{KafkaLog, Shared};
use crate::BusError;

/// What a topic is for, which says how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicKind {
    /// The line: kept for as long as the pipeline says.
    Line,
    /// Dead letters and what was done with them: kept until somebody decides, and one partition.
    Dead,
    /// A memory: the last message of each key, for ever.
    Memory,
}

/// What the broker has of one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicState {
    /// Its plain name.
    pub topic: String,
    /// Its partitions; zero where there is none.
    pub partitions: usize,
    /// What is wrong with it, and what to do.
    pub fault: Option<String>,
    /// Whether it was made just now.
    pub created: bool,
}

/// Every topic of a line whose stages have these names, with what it is for.
#[must_use]
pub fn topics_of(stages: &[&str]) -> Vec<(String, TopicKind)> {
    let mut topics: Vec<_> = topic::ALL.iter().map(|name| ((*name).to_owned(), TopicKind::Line)).collect();
    topics.push((topic::LEADS.to_owned(), TopicKind::Line));
    topics.push((topic::SEEN.to_owned(), TopicKind::Memory));
    topics.push((topic::FRONTIER.to_owned(), TopicKind::Memory));
    for stage in stages {
        topics.push((topic::dead(stage), TopicKind::Dead));
        topics.push((crate::dead::handled_topic(stage), TopicKind::Dead));
    }
    topics
}

impl KafkaLog {
    /// Says what the broker has of these topics; with `create`, makes those that are missing.
    ///
    /// # Errors
    /// [`BusError::Broker`] where the broker cannot be asked or refuses to make one.
    pub fn check_topics(
        &self,
        topics: &[(String, TopicKind)],
        create: bool,
    ) -> Result<Vec<TopicState>, BusError> {
        let shared = &self.0;
        let mut created = Vec::new();
        if create {
            let missing: Vec<_> = topics
                .iter()
                .filter_map(|(topic, kind)| match shared.partitions(topic) {
                    Ok(partitions) if partitions.is_empty() => Some(Ok((topic, *kind))),
                    Ok(_) => None,
                    Err(error) => Some(Err(error)),
                })
                .collect::<Result<_, _>>()?;
            shared.create(&missing)?;
            created.extend(missing.into_iter().map(|(topic, _)| topic.clone()));
        }
        topics.iter().map(|(topic, kind)| shared.state(topic, *kind, created.contains(topic))).collect()
    }
}

impl Shared {
    pub(super) fn admin(&self) -> Result<AdminClient<DefaultClientContext>, BusError> {
        self.settings.client().create().map_err(|error| self.fault("asked", &error))
    }

    fn create(&self, topics: &[(&String, TopicKind)]) -> Result<(), BusError> {
        if topics.is_empty() {
            return Ok(());
        }
        let settings = &self.settings;
        let (bytes, keep) = (settings.wire_bytes().to_string(), settings.keep.as_millis().to_string());
        let replication = i32::try_from(settings.replication).unwrap_or(1);
        let names: Vec<_> = topics.iter().map(|(topic, kind)| (settings.name(topic), *kind)).collect();
        let wanted: Vec<_> = names
            .iter()
            .map(|(name, kind)| {
                let partitions = if *kind == TopicKind::Dead {
                    1
                } else {
                    i32::try_from(settings.partitions).unwrap_or(1)
                };
                let topic = NewTopic::new(name, partitions, TopicReplication::Fixed(replication))
                    .set("max.message.bytes", &bytes);
                match kind {
                    TopicKind::Line => topic.set("retention.ms", &keep),
                    TopicKind::Dead => topic.set("retention.ms", "-1"),
                    TopicKind::Memory => topic.set("cleanup.policy", "compact"),
                }
            })
            .collect();
        let options = AdminOptions::new()
            .request_timeout(Some(settings.patience))
            .operation_timeout(Some(settings.patience));
        let made = block_on(self.admin()?.create_topics(&wanted, &options));
        for made in made.map_err(|error| self.fault("asked to create topics", &error))? {
            match made {
                // Another process was faster.
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((topic, code)) => {
                    tracing::error!(topic, "not created");
                    let error = rdkafka::error::KafkaError::AdminOp(code);
                    return Err(self.fault("asked to create topics", &error));
                }
            }
        }
        Ok(())
    }

    fn state(&self, topic: &str, kind: TopicKind, created: bool) -> Result<TopicState, BusError> {
        let partitions = self.partitions(topic)?.len();
        let limit = self.configured(topic, "max.message.bytes").and_then(|value| value.parse::<usize>().ok());
        let policy = self.configured(topic, "cleanup.policy");
        let kept = self.configured(topic, "retention.ms");
        let wanted = self.settings.wire_bytes();
        let fault = match (limit, policy) {
            _ if partitions == 0 && !created => {
                Some("is missing: create it with `kiosque check --create-topics`".to_owned())
            }
            (Some(limit), _) if limit < wanted && kind != TopicKind::Memory => Some(format!(
                "takes messages of `{limit}` bytes, less than the `{wanted}` that `bus.max_message_bytes` needs: \
                 raise its `max.message.bytes`, or larger pages are refused"
            )),
            _ if kind == TopicKind::Dead && partitions > 1 => Some(
                "holds dead letters, whose order is that of one partition: create it with one".to_owned(),
            ),
            _ if kind == TopicKind::Dead && kept.as_deref().is_some_and(|kept| kept != "-1") => {
                Some("holds dead letters and forgets them: set its `retention.ms` to `-1`".to_owned())
            }
            (_, Some(policy)) if kind == TopicKind::Memory && policy != "compact" => Some(format!(
                "is a memory and its `cleanup.policy` is `{policy}`: set it to `compact`, or it forgets"
            )),
            (_, Some(policy)) if kind != TopicKind::Memory && policy.contains("compact") => {
                Some("is compacted, which drops messages: set its `cleanup.policy` to `delete`".to_owned())
            }
            _ => None,
        };
        Ok(TopicState { topic: topic.to_owned(), partitions, fault, created })
    }

    /// The most a message of a topic may have on the wire, as the broker says; no limit where it does not say.
    pub(super) fn topic_limit(&self, topic: &str) -> usize {
        let mut limits = self.limits.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(limit) = limits.get(topic) {
            return *limit;
        }
        let limit = self.configured(topic, "max.message.bytes").and_then(|value| value.parse().ok());
        *limits.entry(topic.to_owned()).or_insert(limit.unwrap_or(usize::MAX))
    }

    pub(super) fn forget_limits(&self) {
        self.limits.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }

    /// A setting of a topic; `None` where the broker does not tell, which a user may not be allowed to ask.
    fn configured(&self, topic: &str, setting: &str) -> Option<String> {
        let name = self.settings.name(topic);
        let options = AdminOptions::new().request_timeout(Some(self.settings.patience));
        let asked =
            block_on(self.admin().ok()?.describe_configs([&ResourceSpecifier::Topic(&name)], &options));
        match asked.ok()?.into_iter().next()? {
            Ok(resource) => resource.get(setting)?.value.clone(),
            Err(code) => {
                tracing::debug!(topic, ?code, "the broker does not tell this topic's settings");
                None
            }
        }
    }
}
