//! What editors decide of an edition, as typed acts over the store's rows.
//!
//! A decision names an *article* and acts on the story that holds it, whichever that is by now: stories grow, are
//! joined and parted as articles come in, an address stays. So a decision survives new articles, re-extraction,
//! rebuild and replay. Decisions are only ever added; one is taken back by another ([`Act::Undo`]).

use std::collections::BTreeSet;

use jiff::Timestamp;
use kiosque_model::{ArticleId, Rubrique};
use kiosque_store::{Decision, NewDecision};
use serde::{Deserialize, Serialize};

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Act {
    /// On the front page, at this place, 1 where none is given; in whatever edition holds the story.
    Pin {
        /// The place, from 1.
        #[serde(default)]
        position: Option<usize>,
    },
    /// Out of the edition: the story, or with `only` the article, so that another one speaks for its story.
    Drop {
        /// Only the article.
        #[serde(default)]
        only: bool,
    },
    /// To the front page or off it, where its score puts it.
    Move {
        /// Whether it is to be on the front page.
        front: bool,
    },
    /// To this place of the block it stands in.
    Order {
        /// The place, from 1.
        position: usize,
    },
    /// Another headline; the paper's own is shown beside it.
    Retitle {
        /// The headline.
        title: String,
    },
    /// An editor's words instead of the extract.
    Extract {
        /// The words.
        text: String,
    },
    /// Words of the editor beside the item, or on the whole edition where no article is named.
    Note {
        /// The words.
        text: String,
    },
    /// Another rubrique.
    Rubrique {
        /// The rubrique.
        rubrique: Rubrique,
    },
    /// Two stories are one event.
    Merge {
        /// An article of the other story.
        with: ArticleId,
    },
    /// The article, and those that go along, tell another event than `from`.
    Split {
        /// An article of the story they leave.
        from: ArticleId,
        /// Articles that go along.
        #[serde(default)]
        along: Vec<ArticleId>,
    },
    /// Words of correction on an edition that had gone out.
    Erratum {
        /// The words.
        text: String,
    },
    /// Takes an earlier decision back.
    Undo {
        /// Its number.
        number: i64,
    },
}

impl Act {
    /// Its name in the `decisions` table and on the command line.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Pin { .. } => "pin",
            Self::Drop { .. } => "drop",
            Self::Move { .. } => "move",
            Self::Order { .. } => "order",
            Self::Retitle { .. } => "retitle",
            Self::Extract { .. } => "extract",
            Self::Note { .. } => "note",
            Self::Rubrique { .. } => "rubrique",
            Self::Merge { .. } => "merge",
            Self::Split { .. } => "split",
            Self::Erratum { .. } => "erratum",
            Self::Undo { .. } => "undo",
        }
    }

    /// Whether it says what the stories are, for every edition and day, rather than how one edition shows them.
    #[must_use]
    pub const fn regroups(&self) -> bool {
        matches!(self, Self::Merge { .. } | Self::Split { .. })
    }

    /// As the store keeps it: what goes with the kind.
    fn value(&self) -> serde_json::Value {
        let mut value = serde_json::to_value(self).expect("acts have string keys and finite numbers");
        if let Some(fields) = value.as_object_mut() {
            fields.remove("kind");
        }
        value
    }
}

/// A decision as an edition reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Its number; a later one wins.
    pub number: i64,
    /// The article it names; `None` for the edition.
    pub target: Option<ArticleId>,
    /// What is done.
    pub act: Act,
    /// Who decided.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

impl Ruling {
    /// Reads a row; `None` for a kind of another program or a newer one, which is left alone.
    #[must_use]
    pub fn read(decision: &Decision) -> Option<Self> {
        let kept = &decision.decision;
        let mut value = match &kept.value {
            serde_json::Value::Object(fields) => fields.clone(),
            serde_json::Value::Null => serde_json::Map::new(),
            _ => return None,
        };
        value.insert("kind".to_owned(), kept.kind.clone().into());
        Some(Self {
            number: decision.number,
            target: (!kept.target.is_empty()).then(|| kiosque_model::PageId(kept.target.clone())),
            act: serde_json::from_value(value.into()).ok()?,
            who: kept.who.clone(),
            at: kept.at,
        })
    }

    /// The row of a new decision on an edition of a day; one that regroups stories holds for all of them.
    #[must_use]
    pub fn row(
        (edition, date): (&str, jiff::civil::Date),
        target: Option<&ArticleId>,
        act: &Act,
        (who, at): (&str, Timestamp),
    ) -> NewDecision {
        let one = !act.regroups();
        NewDecision {
            edition: one.then(|| edition.to_owned()),
            date: one.then_some(date),
            kind: act.kind().to_owned(),
            target: target.map(|id| id.0.clone()).unwrap_or_default(),
            value: act.value(),
            who: who.to_owned(),
            at,
        }
    }
}

/// The decisions in force, in their order: those taken back are left out, and so is the taking back. What was taken
/// back by an undo that was itself undone is in force again.
#[must_use]
pub fn in_force(decisions: &[Decision]) -> Vec<Ruling> {
    let undone = taken_back(decisions);
    let stands =
        |ruling: &Ruling| !matches!(ruling.act, Act::Undo { .. }) && !undone.contains(&ruling.number);
    decisions.iter().filter_map(Ruling::read).filter(stands).collect()
}

/// The numbers of the decisions that were taken back by one that stands.
#[must_use]
pub fn taken_back(decisions: &[Decision]) -> BTreeSet<i64> {
    let mut undone = BTreeSet::new();
    for ruling in decisions.iter().rev().filter_map(Ruling::read) {
        if let Act::Undo { number } = ruling.act
            && !undone.contains(&ruling.number)
        {
            undone.insert(number);
        }
    }
    undone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(number: i64, act: &Act) -> Decision {
        let date = jiff::civil::date(2026, 10, 7);
        let target = kiosque_model::PageId("a1".to_owned());
        let decision = Ruling::row(("matin", date), Some(&target), act, ("desk", Timestamp::UNIX_EPOCH));
        Decision { number, decision }
    }

    #[test]
    fn an_act_is_read_as_it_was_written() {
        let id = kiosque_model::PageId("b2".to_owned());
        for act in [
            Act::Pin { position: Some(2) },
            Act::Drop { only: true },
            Act::Move { front: false },
            Act::Order { position: 3 },
            Act::Retitle { title: "Été « chaud »".to_owned() },
            Act::Extract { text: String::new() },
            Act::Note { text: "عاجل".to_owned() },
            Act::Rubrique { rubrique: Rubrique::FaitsDivers },
            Act::Merge { with: id.clone() },
            Act::Split { from: id.clone(), along: vec![id] },
            Act::Erratum { text: "x".to_owned() },
            Act::Undo { number: 4 },
        ] {
            let row = decision(1, &act);
            assert_eq!(row.decision.kind, act.kind());
            assert_eq!(row.decision.edition.is_none(), act.regroups());
            assert_eq!(Ruling::read(&row).unwrap().act, act);
        }
    }

    #[test]
    fn a_row_of_an_unknown_kind_is_left_alone() {
        let mut row = decision(1, &Act::Drop { only: false });
        row.decision.kind = "mute".to_owned();
        assert_eq!(Ruling::read(&row), None);
    }

    #[test]
    fn what_was_taken_back_is_not_in_force() {
        let numbers = |acts: &[Act]| {
            let rows: Vec<_> = (1..).zip(acts).map(|(n, act)| decision(n, act)).collect();
            in_force(&rows).iter().map(|r| r.number).collect::<Vec<_>>()
        };
        let drop = || Act::Drop { only: false };
        assert_eq!(numbers(&[drop(), drop(), Act::Undo { number: 1 }]), [2]);
        assert_eq!(numbers(&[drop(), Act::Undo { number: 1 }, Act::Undo { number: 2 }]), [1]);
        assert_eq!(numbers(&[drop(), Act::Undo { number: 9 }]), [1]);
    }
}
