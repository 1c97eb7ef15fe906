//! A restart at any point changes nothing: restored from what was stored, the grouper goes on as before.

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Grouper, Item, Placement, Settings};
use kiosque_model::{Language, PageId, SourceId};
use proptest::prelude::*;

mod words;
use words::WORDS;

fn items() -> impl Strategy<Value = Vec<Item>> {
    let words = |n| prop::collection::vec(0..WORDS.len(), n);
    // Few ids, so that revisions come up; texts from a few stems, so that copies do; days enough to leave the window.
    prop::collection::vec((0..20_u8, words(2..6), words(3..40), 0..600_i64, 0..4_u8), 2..40).prop_map(
        |drawn| {
            let mut hour = 0;
            drawn
                .into_iter()
                .map(|(id, title, text, gap, source)| {
                    hour += gap / 20;
                    let join =
                        |picks: &[usize]| picks.iter().map(|i| WORDS[*i]).collect::<Vec<_>>().join(" ");
                    Item {
                        id: PageId(format!("id{id}")),
                        title: join(&title),
                        text: if gap % 3 == 0 { join(&text).repeat(2) } else { join(&text) },
                        language: Language::from_tag("fr"),
                        at: Timestamp::UNIX_EPOCH + hour.hours(),
                        source: SourceId(format!("s{source}")),
                    }
                })
                .collect()
        },
    )
}

proptest! {
    #[test]
    fn restored_is_continuous(items in items(), cut in 0..40_usize) {
        let cut = cut.min(items.len());
        let mut continuous = Grouper::new(Settings::default());
        let mut stored = Vec::new();
        for item in &items[..cut] {
            let placement = continuous.place(item);
            stored.retain(|(old, _): &(Item, Placement)| old.id != item.id);
            for (_, old) in &mut stored {
                if placement.absorbed.contains(&old.story) {
                    old.story = placement.story.clone();
                }
            }
            stored.push((item.clone(), placement));
        }
        let mut restored = Grouper::new(Settings::default());
        if let Some(horizon) = continuous.horizon() {
            restored.forget_before(horizon);
        }
        for (item, placement) in &stored {
            restored.restore(item, placement);
        }
        prop_assert_eq!(restored.horizon(), continuous.horizon());
        prop_assert_eq!(restored.len(), continuous.len());
        for item in &items[cut..] {
            prop_assert_eq!(restored.place(item), continuous.place(item));
        }
    }

    #[test]
    fn same_input_same_output_and_no_chains(items in items()) {
        let mut first = Grouper::new(Settings::default());
        let mut second = Grouper::new(Settings::default());
        let mut last = std::collections::HashMap::new();
        for item in &items {
            let placement = first.place(item);
            prop_assert_eq!(&placement, &second.place(item));
            prop_assert_ne!(placement.copy_of.as_ref(), Some(&item.id));
            for old in last.values_mut().filter(|old: &&mut Placement| placement.absorbed.contains(&old.story)) {
                old.story = placement.story.clone();
            }
            last.insert(item.id.clone(), placement);
            for placement in last.values() {
                if let Some(origin) = placement.copy_of.as_ref().and_then(|o| last.get(o)) {
                    prop_assert_eq!(&origin.copy_of, &None);
                    prop_assert_eq!(&origin.story, &placement.story);
                }
            }
        }
    }
}
