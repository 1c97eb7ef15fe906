//! What is known of a line, as numbers: its own looks, its neighbours, the boxes it stands in, its place on the page.
//!
//! The forest reads nothing else. Numbers are kept to what holds on any site and in any language; the order is
//! the model's, so a change here needs a new training run (the names are checked against the model's).

use super::super::Scene;
use super::again::Boxes;
use super::lexicon;
use super::looks::Looks;
use super::marks::Marks;
use super::places::{Places, Standing};
use crate::block::{Block, Shape};
use crate::role::Roles;

/// How many numbers describe a line.
pub(crate) const COUNT: usize = NAMES.len();

/// Where the lexicon's numbers begin.
pub(crate) const OWN: usize = COUNT - lexicon::COUNT;

/// The numbers' names, in order.
pub(crate) const NAMES: [&str; 111] = [
    // Its looks.
    "chars",
    "words",
    "links",
    "bold",
    "digits",
    "capitals",
    "stops",
    "sentence",
    "prose",
    "shape",
    "tag",
    "colon",
    "sign",
    "clock",
    "latin",
    // Its words.
    "read_also",
    "prompt",
    "end",
    "bare_cue",
    "title_share",
    "is_title",
    "declared",
    "described",
    "author",
    "repeated",
    // Roles, as steps up to the nearest element that has them.
    "up_comments",
    "up_related",
    "up_nav",
    "up_furniture",
    "up_byline",
    "up_bio",
    "up_caption",
    "up_tags",
    "up_body",
    "up_standfirst",
    "up_hidden",
    "up_paywall",
    "up_edge",
    "up_aside",
    "up_figure",
    "up_list",
    "up_quote",
    "up_article",
    "up_link",
    // Its neighbours.
    "p1_chars",
    "p1_links",
    "p1_prose",
    "p1_shape",
    "p1_kept",
    "p1_same",
    "p2_chars",
    "p2_links",
    "p2_prose",
    "n1_chars",
    "n1_links",
    "n1_prose",
    "n1_shape",
    "n1_kept",
    "n1_same",
    "n2_chars",
    "n2_links",
    "n2_prose",
    "near_prose",
    "near_links",
    "far_prose",
    // Pictures and headings before it.
    "image_before",
    "image_after",
    "images_in_parent",
    "heading_steps",
    "heading_cue",
    "heading_links",
    "cue_steps",
    "cue_prose",
    "titles_since",
    "dates_since",
    "articles_since",
    "same_article",
    // The boxes around it.
    "alike",
    "alike_parent",
    "parent_prose",
    "parent_blocks",
    "grand_prose",
    "grand_blocks",
    "box_prose",
    "box_blocks",
    "box_links",
    "box_chars",
    "depth_below",
    // Its place.
    "inside",
    "pruned",
    "plain_pruned",
    "kept",
    "before_share",
    "after_share",
    "to_start",
    "to_end",
    "after_headline",
    // The page.
    "page_prose",
    "container_share",
    "declares",
    "container_body",
    // What its names and words told elsewhere.
    "names_least",
    "names_most",
    "names_sum",
    "dropped_least",
    "dropped_most",
    "nearest_name",
    "words_sum",
    "words_mean",
    "words_least",
    "words_most",
];

/// How near prose keeps a line of a menu in view.
const NEAR: usize = 2;

/// The numbers of one line.
pub(crate) type Line = [f32; COUNT];

/// What the hand-written rules said before.
pub(crate) struct Draft<'d> {
    pub(crate) pruned: &'d [bool],
    pub(crate) plain: &'d [bool],
    pub(crate) container: usize,
    pub(crate) kept: &'d [bool],
    /// What is not judged.
    pub(crate) vetoed: &'d dyn Fn(usize) -> bool,
}

/// The lines looked at: all but those dropped from menus, footers and the like with no prose near.
fn open(scene: &Scene<'_, '_>, draft: &Draft<'_>) -> Vec<usize> {
    let list = &scene.blocks.list;
    let prose: Vec<bool> = list.iter().map(Block::is_prose).collect();
    let near = |i: usize| prose[i.saturating_sub(NEAR)..(i + NEAR + 1).min(list.len())].contains(&true);
    (0..list.len()).filter(|&i| (!draft.plain[i] || draft.kept[i] || near(i)) && !(draft.vetoed)(i)).collect()
}

fn log(n: usize) -> f32 {
    (n as f32 + 1.0).log2()
}

fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

struct Row {
    line: Line,
    next: usize,
}

impl Row {
    fn put(&mut self, value: f32) {
        if let Some(slot) = self.line.get_mut(self.next) {
            *slot = value;
        }
        self.next += 1;
    }

    fn say(&mut self, value: bool) {
        self.put(f32::from(u8::from(value)));
    }
}

/// Reads the lines of a page that are looked at, but for the lexicon's numbers; with the marks those are read from.
pub(crate) fn read(scene: &Scene<'_, '_>, draft: &Draft<'_>) -> (Vec<Line>, Marks) {
    let places = Places::new(scene, draft);
    let open = open(scene, draft);
    let looks = Looks::all(scene, &open);
    let repeated = repeated(&looks);
    let mut boxes = Vec::with_capacity(open.len());
    let lines = open
        .iter()
        .zip(&looks)
        .zip(repeated)
        .map(|((&i, look), repeated)| {
            let mut row = Row { line: [0.0; COUNT], next: 0 };
            own(&mut row, scene, look, i, repeated);
            let standing = Standing::of(scene, &places, i);
            roles(&mut row, &standing);
            neighbours(&mut row, scene, draft, i);
            windows(&mut row, &places, i);
            before(&mut row, scene, &places, i);
            self::boxes(&mut row, &places, &standing, i);
            place(&mut row, scene, &places, draft, i);
            debug_assert_eq!(row.next, OWN);
            let Standing { parent, grandparent, outer, .. } = standing;
            boxes.push(Boxes { parent, grandparent, outer });
            row.line
        })
        .collect();
    (lines, Marks::of(scene, &looks, boxes, open, draft.container))
}

/// Whether a line of some length was printed before, word for word.
fn repeated(looks: &[Looks]) -> Vec<bool> {
    let mut seen = std::collections::HashSet::new();
    looks.iter().map(|l| !seen.insert(l.opening.as_str()) && l.opening.len() > 20).collect()
}

fn own(row: &mut Row, scene: &Scene<'_, '_>, look: &Looks, i: usize, repeated: bool) {
    let block = &scene.blocks.list[i];
    row.put(log(block.chars));
    row.put(log(look.words));
    row.put(block.link_density());
    row.put(share(block.bold_chars, block.chars));
    row.put(share(look.digits, block.chars));
    row.put(share(look.capitals, block.chars));
    row.put(log(look.stops));
    row.say(look.sentence);
    row.say(look.prose);
    row.put(shape(block.shape));
    row.put(f32::from(scene.dom.nodes[block.owner].tag as u8));
    row.say(look.colon);
    row.say(look.sign);
    row.say(look.clock);
    row.put(share(look.latin, block.chars));
    for cue in look.cues {
        row.say(cue);
    }
    row.put(look.title_share);
    row.say(look.is_title);
    row.put(look.declared);
    row.say(look.described);
    row.say(look.author);
    row.say(repeated);
}

fn shape(shape: Shape) -> f32 {
    match shape {
        Shape::Paragraph => 0.0,
        Shape::Quote => 1.0,
        Shape::Item => 2.0,
        Shape::Cell => 3.0,
        Shape::Caption => 4.0,
        Shape::Heading(level) => 4.0 + f32::from(level),
    }
}

fn roles(row: &mut Row, standing: &Standing) {
    for up in standing.up {
        row.put(f32::from(up));
    }
}

fn neighbours(row: &mut Row, scene: &Scene<'_, '_>, draft: &Draft<'_>, i: usize) {
    let list = &scene.blocks.list;
    let parent = |k: usize| scene.dom.nodes[list[k].owner].parent;
    for (near, far) in [(i.checked_sub(1), i.checked_sub(2)), (Some(i + 1), Some(i + 2))] {
        let near = near.filter(|&k| k < list.len());
        row.put(near.map_or(-1.0, |k| log(list[k].chars)));
        row.put(near.map_or(-1.0, |k| list[k].link_density()));
        row.say(near.is_some_and(|k| list[k].is_prose()));
        row.put(near.map_or(-1.0, |k| shape(list[k].shape)));
        row.say(near.is_some_and(|k| draft.kept[k]));
        row.say(near.is_some_and(|k| parent(k) == parent(i)));
        let far = far.filter(|&k| k < list.len());
        row.put(far.map_or(-1.0, |k| log(list[k].chars)));
        row.put(far.map_or(-1.0, |k| list[k].link_density()));
        row.say(far.is_some_and(|k| list[k].is_prose()));
    }
}

fn windows(row: &mut Row, places: &Places, i: usize) {
    let sums = |by: usize| {
        let (from, to) = (i.saturating_sub(by), (i + by + 1).min(places.count()));
        (places.prose(from..to), places.links(from..to), places.chars(from..to))
    };
    let (prose, links, chars) = sums(3);
    row.put(share(prose, chars));
    row.put(share(links, chars));
    let (prose, _, chars) = sums(12);
    row.put(share(prose, chars));
}

fn before(row: &mut Row, scene: &Scene<'_, '_>, places: &Places, i: usize) {
    let list = &scene.blocks.list;
    let steps = |d: Option<usize>| d.map_or(60.0, |d| d.min(60) as f32);
    row.put(steps(places.image_before(list[i].from)));
    row.put(steps(places.image_after(list[i].to)));
    row.put(places.images_under(scene.dom.nodes[list[i].owner].parent, scene).min(20) as f32);
    let heading = places.last_heading[i];
    row.put(heading.map_or(30.0, |h| (i - h).min(30) as f32));
    row.say(heading.is_some_and(|h| places.opens_other[h]));
    row.put(heading.map_or(-1.0, |h| list[h].link_density()));
    let cue = places.last_cue[i];
    row.put(cue.map_or(30.0, |c| (i - c).min(30) as f32));
    row.put(cue.map_or(30.0, |c| log(places.prose(c..i))));
    let start = scene.headline.map_or(0, |h| scene.dom.nodes[h].end);
    let since = |of: &[usize]| {
        let before = |n: usize| of.partition_point(|&k| k < n);
        before(list[i].from).saturating_sub(before(start)).min(12) as f32
    };
    row.put(since(&places.titles));
    row.put(since(&places.dates));
    row.put(since(&places.articles));
    row.say(places.in_same_article(scene, list[i].from));
}

fn boxes(row: &mut Row, places: &Places, standing: &Standing, i: usize) {
    let total = places.prose(0..places.count());
    row.put(share(places.alike[i], total));
    row.put(share(places.alike_parent[i], total));
    for range in [&standing.parent, &standing.grandparent] {
        row.put(share(places.prose(range.clone()), total));
        row.put(log(range.len()));
    }
    let inside = places.prose(places.container.clone());
    row.put(share(places.prose(standing.outer.clone()), inside));
    row.put(log(standing.outer.len()));
    let chars = places.chars(standing.outer.clone());
    row.put(share(places.links(standing.outer.clone()), chars));
    row.put(log(chars));
    row.put(f32::from(standing.depth_below));
}

fn place(row: &mut Row, scene: &Scene<'_, '_>, places: &Places, draft: &Draft<'_>, i: usize) {
    let inside = &places.container;
    let total = places.prose(0..places.count());
    let prose = places.prose(inside.clone());
    row.say(inside.contains(&i));
    row.say(draft.pruned[i]);
    row.say(draft.plain[i]);
    row.say(draft.kept[i]);
    row.put(share(places.prose(inside.start.min(i)..i), prose).min(3.0));
    row.put(share(places.prose(i..inside.end.max(i)), prose).min(3.0));
    row.put((i as f32 - inside.start as f32).clamp(-40.0, 40.0));
    row.put((inside.end as f32 - i as f32).clamp(-40.0, 40.0));
    row.put(match scene.headline {
        Some(h) if scene.blocks.list[i].from >= scene.dom.nodes[h].end => 1.0,
        Some(_) => -1.0,
        None => 0.0,
    });
    row.put(log(total));
    row.put(share(prose, total));
    row.say(scene.declared.is_some());
    row.say(scene.roles[draft.container].has(Roles::BODY));
}
