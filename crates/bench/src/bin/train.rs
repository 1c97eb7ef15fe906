//! Trains the judge of lines: `KIOSQUE_CORPORA=DIR cargo run --release --bin train -- [FOLDER]`.
//!
//! Prints what the rules and the judge score on sites the judge has not seen (cross-validation, folds by site), then,
//! where FOLDER is named, trains on all pages and writes the model's three files into it. With `PREDICTIONS`
//! naming a file, the judgements on unseen sites are written there, for looking at what goes wrong. Settings are the
//! constants below.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use kiosque_bench::corpus::{self, CORPORA, Known, Total};
use kiosque_bench::grow::{Forest, Plan, Table, grow};
use kiosque_bench::lesson::{Answer, answers};
use kiosque_bench::telling::{SHARDS, Site, Telling};
use kiosque_extract::training::{self, Lexicon, Sheet};

/// Folds of the cross-validation: runs of shards.
const FOLDS: usize = 5;
const PLAN: Plan = Plan { trees: 100, depth: 6, rate: 0.15, ridge: 10.0, rows: 0.6, columns: 0.35 };
const SEED: u64 = 7;

struct Lesson {
    known: Known,
    shard: usize,
    sheet: Sheet,
    answers: Vec<Answer>,
}

impl Lesson {
    fn fold(&self) -> usize {
        fold_of(self.shard)
    }
}

fn fold_of(shard: usize) -> usize {
    shard * FOLDS / SHARDS
}

fn main() -> anyhow::Result<()> {
    let root = PathBuf::from(std::env::var_os("KIOSQUE_CORPORA").context("`KIOSQUE_CORPORA` is not set")?);
    let mut lessons = Vec::new();
    for name in CORPORA {
        for known in corpus::read(&root, name)? {
            let sheet = training::read(&known.page).unwrap_or_default();
            let answers = answers(&known.gold, &sheet.lines);
            lessons.push(Lesson { shard: shard_of(&known.site()), known, sheet, answers });
        }
    }
    let telling = counted(&lessons);
    let judged = judge_unseen(&lessons, &telling);
    report(&lessons, &judged);
    if let Some(file) = std::env::var_os("PREDICTIONS") {
        write_predictions(Path::new(&file), &lessons, &judged)?;
    }
    if let Some(folder) = std::env::args().nth(1) {
        write_model(Path::new(&folder), &lessons, &telling)?;
    }
    Ok(())
}

/// The shard of a site: a hash, so that it never depends on what else is there.
fn shard_of(site: &str) -> usize {
    let hash = corpus::words(site).iter().fold(11, |a: u64, b| a.rotate_left(5) ^ b);
    (hash % SHARDS as u64) as usize
}

fn counted(lessons: &[Lesson]) -> Telling {
    let mut sites: BTreeMap<String, (usize, Site<'_>)> = BTreeMap::new();
    for lesson in lessons {
        let site = sites.entry(lesson.known.site()).or_insert_with(|| (lesson.shard, Vec::new()));
        site.1.extend(lesson.sheet.lines.iter().zip(lesson.answers.iter().copied()));
    }
    Telling::count(sites.into_values())
}

/// The folds left out: those of the lessons judged, and those a first judge is tried on.
type Without = [Option<usize>; 2];

fn is_in(shard: usize, without: Without) -> bool {
    !without.contains(&Some(fold_of(shard)))
}

/// The rows of all lessons but those left out, with what a first judge said of them where it has.
fn table(lessons: &[Lesson], telling: &Telling, without: Without, first: Option<&[Vec<f64>]>) -> Table {
    let columns = training::names().len() + first.map_or(0, |_| training::second_names().len());
    let mut table = Table { columns: vec![Vec::new(); columns], ..Table::default() };
    for shard in (0..SHARDS).filter(|&s| is_in(s, without)) {
        // What a name tells of a line must come from other sites than the line.
        let lexicon = telling.lexicon(|s| s != shard && is_in(s, without));
        for (at, lesson) in lessons.iter().enumerate().filter(|(_, l)| l.shard == shard) {
            let rows = rows(lesson, &lexicon, first.map(|f| &f[at][..]));
            for (numbers, answer) in rows.into_iter().zip(&lesson.answers) {
                if numbers.is_empty() || answer.weight == 0.0 {
                    continue;
                }
                for (column, number) in table.columns.iter_mut().zip(numbers) {
                    column.push(number);
                }
                table.right.push(answer.right);
                table.weight.push(answer.weight);
            }
        }
    }
    table
}

/// The numbers of a lesson's lines, with those of the second look where there was a first.
fn rows(lesson: &Lesson, lexicon: &Lexicon, first: Option<&[f64]>) -> Vec<Vec<f32>> {
    let mut rows = lesson.sheet.numbers(lexicon);
    if let Some(odds) = first {
        let odds: Vec<f32> = odds.iter().map(|o| *o as f32).collect();
        rows.iter_mut().zip(lesson.sheet.second(&odds)).for_each(|(row, more)| row.extend(more));
    }
    rows
}

/// The log-odds of a line, of one not looked at the lowest.
fn said(forest: &Forest, row: &[f32]) -> f64 {
    if row.is_empty() { f64::from(training::CLOSED) } else { forest.sum(row) }
}

/// The log-odds a judge trained without some folds gives to the lessons of one of them.
fn judged(lessons: &[Lesson], telling: &Telling, without: Without, of: usize) -> Vec<(usize, Vec<f64>)> {
    let forest: Forest = grow(&table(lessons, telling, without, None), PLAN, SEED);
    let lexicon = telling.lexicon(|s| is_in(s, without));
    let own = lessons.iter().enumerate().filter(|(_, l)| l.fold() == of);
    own.map(|(i, l)| (i, rows(l, &lexicon, None).iter().map(|row| said(&forest, row)).collect())).collect()
}

/// What judges trained without each lesson's fold (and without `beside`) say of the lessons.
fn first_look(lessons: &[Lesson], telling: &Telling, beside: Option<usize>) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new(); lessons.len()];
    for fold in (0..FOLDS).filter(|f| Some(*f) != beside) {
        for (i, odds) in judged(lessons, telling, [beside, Some(fold)], fold) {
            all[i] = odds;
        }
    }
    all
}

/// For each lesson the log-odds of its lines after both looks, by judges that have not seen its site.
fn judge_unseen(lessons: &[Lesson], telling: &Telling) -> Vec<Vec<f64>> {
    let one = |fold: usize| {
        let inner = first_look(lessons, telling, Some(fold));
        let without = [Some(fold), None];
        let forest: Forest = grow(&table(lessons, telling, without, Some(&inner)), PLAN, SEED);
        let lexicon = telling.lexicon(|s| is_in(s, without));
        let first = judged(lessons, telling, without, fold).into_iter();
        let again = |(i, odds): (usize, Vec<f64>)| {
            let rows = rows(&lessons[i], &lexicon, Some(&odds));
            (i, rows.iter().map(|row| said(&forest, row)).collect())
        };
        first.map(again).collect::<Vec<_>>()
    };
    let mut all: Vec<(usize, Vec<f64>)> = std::thread::scope(|scope| {
        let one = &one;
        let halves = [0, 1]
            .map(|half| scope.spawn(move || (half..FOLDS).step_by(2).flat_map(one).collect::<Vec<_>>()));
        halves.into_iter().flat_map(|half| half.join().expect("a fold does not panic")).collect()
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, odds)| odds).collect()
}

/// Trains on everything and writes the model.
fn write_model(folder: &Path, lessons: &[Lesson], telling: &Telling) -> anyhow::Result<()> {
    let everything = [None, None];
    let first = grow(&table(lessons, telling, everything, None), PLAN, SEED);
    let inner = first_look(lessons, telling, None);
    let second = grow(&table(lessons, telling, everything, Some(&inner)), PLAN, SEED);
    let names: Vec<&str> = training::names().iter().chain(training::second_names()).copied().collect();
    std::fs::write(folder.join("first.model"), first.text(training::names()))?;
    std::fs::write(folder.join("second.model"), second.text(&names))?;
    std::fs::write(folder.join("lines.lexicon"), telling.text(|_| true))?;
    Ok(())
}

/// The lines a judge would take.
fn taken(lesson: &Lesson, odds: &[f64]) -> Vec<bool> {
    let lines = lesson.sheet.lines.iter().zip(odds);
    let lines: Vec<(f32, usize)> =
        lines.map(|(line, odds)| (*odds as f32, training::words(&line.text))).collect();
    let mut out = vec![false; lines.len()];
    training::taken(&lines).into_iter().for_each(|i| out[i] = true);
    out
}

/// A lesson's text: the standfirst first, then the lines kept.
fn text(lesson: &Lesson, keep: impl Fn(usize) -> bool) -> String {
    let lines = &lesson.sheet.lines;
    let standfirst: Vec<&str> = lines.iter().filter(|l| l.standfirst).map(|l| l.text.as_str()).collect();
    let others = lines.iter().enumerate().filter(|(i, l)| !l.standfirst && keep(*i));
    let others: Vec<&str> = others.map(|(_, l)| l.text.as_str()).collect();
    let echoes = training::echoes(&standfirst, &others);
    let heard = others.iter().zip(echoes).filter(|(_, echo)| !echo).map(|(line, _)| *line);
    standfirst.iter().copied().chain(heard).collect::<Vec<_>>().join("\n")
}

fn report(lessons: &[Lesson], judged: &[Vec<f64>]) {
    let mut totals: BTreeMap<&str, [Total; 3]> = BTreeMap::new();
    for (lesson, odds) in lessons.iter().zip(judged) {
        let total = totals.entry(lesson.known.corpus).or_default();
        let gold = &lesson.known.gold;
        total[0].add(gold, &text(lesson, |i| lesson.sheet.lines[i].kept));
        let taken = taken(lesson, odds);
        total[1].add(gold, &text(lesson, |i| taken[i]));
        let possible = |i: usize| lesson.answers[i].right && lesson.sheet.lines[i].open;
        total[2].add(gold, &text(lesson, possible));
    }
    for name in CORPORA {
        let Some(total) = totals.get(name) else { continue };
        print!("{name:12}");
        for (what, total) in ["rules", "judge", "best"].iter().zip(total) {
            let (p, r, f) = total.prf();
            print!("  {what} P {p:.4} R {r:.4} F {f:.4}");
        }
        println!();
    }
}

fn write_predictions(file: &Path, lessons: &[Lesson], judged: &[Vec<f64>]) -> anyhow::Result<()> {
    let page = |(lesson, odds): (&Lesson, &Vec<f64>)| {
        let lines = lesson.sheet.lines.iter().zip(&lesson.answers).zip(odds);
        let taken = taken(lesson, odds);
        serde_json::json!({
            "corpus": lesson.known.corpus,
            "id": lesson.known.gold.id,
            "text": text(lesson, |i| taken[i]),
            "lines": lines
                .map(|((line, answer), odds)| {
                    (odds, line.kept, line.standfirst, answer.right, answer.weight, &line.text)
                })
                .collect::<Vec<_>>(),
        })
        .to_string()
    };
    let pages: Vec<String> = lessons.iter().zip(judged).map(page).collect();
    std::fs::write(file, pages.join("\n")).with_context(|| format!("cannot write `{}`", file.display()))
}
