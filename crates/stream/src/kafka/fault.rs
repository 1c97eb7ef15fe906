//! What librdkafka says, sorted into what a caller treats differently: a broker that is away, and the rest.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::KafkaSettings;
use crate::BusError;

/// An error of the broker, while doing `action`.
pub(super) fn broker(settings: &KafkaSettings, action: &'static str, error: &KafkaError) -> BusError {
    let code = error.rdkafka_error_code();
    // The value may be a secret under a misspelt name: only the name is told.
    let (reason, otherwise) = match error {
        KafkaError::ClientConfig(_, why, name, _) => (format!("setting `{name}`: {why}"), SETTING),
        other => (other.to_string(), ELSE),
    };
    BusError::Broker {
        brokers: settings.brokers.clone(),
        action,
        reason,
        hint: code.map_or(otherwise, hint),
        passing: code.is_some_and(passes),
    }
}

/// The broker did not answer in time.
pub(super) fn silent(settings: &KafkaSettings, action: &'static str) -> BusError {
    let reason = format!("no answer within {} s", settings.patience.as_secs());
    BusError::Broker { brokers: settings.brokers.clone(), action, reason, hint: AWAY, passing: true }
}

const AWAY: &str = "is the broker up, and is its address in `bus.brokers` one that this machine reaches?";
const NO_TOPIC: &str = "create the topics with `kiosque check --create-topics`";
const NO_ENTRY: &str = "check `bus.sasl_*` and `bus.tls_*`, and what the broker allows this user";
const SETTING: &str =
    "`[bus.client]` takes the names that librdkafka's CONFIGURATION.md lists, with `_` for `.`";
const ELSE: &str = "the broker's log says more";

fn hint(code: Code) -> &'static str {
    match code {
        Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition => NO_TOPIC,
        Code::Authentication
        | Code::SaslAuthenticationFailed
        | Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::SSL => NO_ENTRY,
        Code::MessageSizeTooLarge | Code::InvalidMessageSize => {
            "the topic takes smaller messages than `bus.max_message_bytes`: see `kiosque check`"
        }
        code if passes(code) => AWAY,
        _ => ELSE,
    }
}

/// Whether it is an outage, which ends by itself. A producer that the broker has fenced counts: a new one works.
pub(super) fn passes(code: Code) -> bool {
    matches!(
        code,
        Code::BrokerTransportFailure
            | Code::AllBrokersDown
            | Code::Resolve
            | Code::OperationTimedOut
            | Code::RequestTimedOut
            | Code::MessageTimedOut
            | Code::TimedOutQueue
            | Code::BrokerNotAvailable
            | Code::LeaderNotAvailable
            | Code::NotLeaderForPartition
            | Code::NetworkException
            | Code::WaitingForCoordinator
            | Code::CoordinatorNotAvailable
            | Code::CoordinatorLoadInProgress
            | Code::NotCoordinator
            | Code::NotEnoughReplicas
            | Code::NotEnoughReplicasAfterAppend
            | Code::KafkaStorageError
            | Code::PurgeQueue
            | Code::PurgeInflight
            | Code::Fatal
            | Code::Fenced
            | Code::OutOfOrderSequenceNumber
            | Code::UnknownProducerId
            | Code::InvalidProducerEpoch
            | Code::MessageSizeTooLarge
    )
}

/// Whether the group is being shared out anew, so that this commit has no place in it.
pub(super) fn is_of_another_generation(code: Code) -> bool {
    matches!(
        code,
        Code::RebalanceInProgress
            | Code::IllegalGeneration
            | Code::UnknownMemberId
            | Code::FencedInstanceId
            | Code::StaleMemberEpoch
            | Code::AssignmentLost
            | Code::NoOffset
    )
}
