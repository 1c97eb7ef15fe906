//! The order editors give: what has a place stands at it, the rest keeps its order around.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Puts items at the places `place` gives (from 1, with the number of the decision): each stands exactly there as long
/// as the list is that long, else last. Of two for one place the later decision's stands there, the other at the next
/// place that is free.
pub(super) fn in_places<T>(items: Vec<T>, place: impl Fn(&T) -> Option<(usize, i64)>) -> Vec<T> {
    let length = items.len();
    let (mut fixed, ordered): (Vec<T>, Vec<T>) = items.into_iter().partition(|item| place(item).is_some());
    // Who asks for a place the list has comes before who is only put last; then the later decision.
    fixed.sort_by_key(|item| place(item).map(|(at, number)| (at > length, Reverse(number))));
    let mut slots: BTreeMap<usize, T> = BTreeMap::new();
    let mut displaced = Vec::new();
    for item in fixed {
        let at = place(&item).map_or(1, |(at, _)| at.clamp(1, length));
        match slots.entry(at) {
            Entry::Vacant(slot) => {
                slot.insert(item);
            }
            Entry::Occupied(_) => displaced.push((at, item)),
        }
    }
    for (at, item) in displaced {
        let free = |at: &usize| !slots.contains_key(at);
        let next = (at..=length).find(free).or_else(|| (1..at).rev().find(free));
        slots.insert(next.expect("there are as many places as items"), item);
    }
    let mut ordered = ordered.into_iter();
    (1..=length).filter_map(|at| slots.remove(&at).or_else(|| ordered.next())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(places: &[(char, usize, i64)], expected: &str) {
        let place = |c: &char| places.iter().find(|(of, ..)| of == c).map(|(_, at, number)| (*at, *number));
        assert_eq!(in_places("abcdef".chars().collect(), place).iter().collect::<String>(), expected);
    }

    #[test]
    fn each_stands_at_its_place() {
        check(&[], "abcdef");
        check(&[('e', 1, 1)], "eabcdf");
        check(&[('a', 3, 1), ('f', 1, 2)], "fbacde");
        check(&[('a', 1, 1), ('b', 1, 2), ('c', 2, 3)], "bcadef");
        check(&[('f', 6, 1), ('e', 99, 2)], "abcdef");
        check(&[('a', 99, 1)], "bcdefa");
    }
}
