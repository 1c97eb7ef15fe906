//! The edition paper by paper: every article it stands for, under the paper that printed it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kiosque_model::{Edition, EditionItem, Language, Newspaper, NewspaperLine, SourceId, StoryArticle};

use super::Placed;
use super::item::{access, extract};
use super::text::{direction, direction_of, language, plain, title, words};
use crate::spec::EditionSpec;

/// The papers of the edition: the leading ones first, then by number of articles, then by id.
///
/// A paper that printed another one's text is listed with its own headline and no extract: the lines stand where the
/// text came from, and quoting one text twice would count twice.
pub(super) fn newspapers(edition: &Edition, shown: &[&Placed<'_>], spec: &EditionSpec) -> Vec<Newspaper> {
    let mut papers: BTreeMap<&SourceId, (Newspaper, BTreeMap<Option<Language>, usize>)> = BTreeMap::new();
    for (item, story) in edition.items().zip(shown) {
        for article in &story.members.all {
            let (paper, languages) = papers
                .entry(&article.tagged.article.source)
                .or_insert_with(|| (paper(article), BTreeMap::new()));
            *languages.entry(language(article)).or_default() += 1;
            paper.lines.push(line(article, item, story, spec));
        }
    }
    papers.into_values().map(|(paper, languages)| with_language(paper, languages)).collect()
}

/// Puts papers and sources in their order, by what they have in the edition.
pub(crate) fn order_papers(edition: &mut Edition) {
    edition.newspapers.sort_by_key(|paper| (paper.tier, Reverse(paper.lines.len()), paper.source.clone()));
    edition.sources.sort_by_key(|source| (Reverse(source.articles), source.id.clone()));
}

fn paper(article: &StoryArticle) -> Newspaper {
    let name = plain(&article.source_name);
    Newspaper {
        source: article.tagged.article.source.clone(),
        direction: direction_of(&name),
        name,
        name_ar: article.source_name_ar.as_deref().map(plain),
        language: None,
        tier: article.source_tier,
        rights: article.rights,
        lines: Vec::new(),
    }
}

fn with_language(mut paper: Newspaper, languages: BTreeMap<Option<Language>, usize>) -> Newspaper {
    let most = languages.into_iter().max_by_key(|(language, count)| (*count, Reverse(language.clone())));
    paper.language = most.and_then(|(language, _)| language);
    paper
}

fn line(article: &StoryArticle, item: &EditionItem, story: &Placed<'_>, spec: &EditionSpec) -> NewspaperLine {
    let of = &article.tagged.article;
    let headline = of.id == item.article;
    let copy_of = story.members.copied_from(article).map(|origin| plain(&origin.source_name));
    let language = language(article);
    NewspaperLine {
        number: item.number,
        article: of.id.clone(),
        title: title(of),
        extract: match &copy_of {
            Some(_) => String::new(),
            None if headline => item.extract.clone(),
            None => extract(article, spec),
        },
        rubrique: item.rubrique,
        authors: of.authors.iter().map(|name| plain(name)).collect(),
        agencies: of.agencies.iter().map(|name| plain(name)).collect(),
        published: of.published,
        url: of.canonical_url.as_str().to_owned(),
        direction: direction(language.as_ref()),
        language,
        access: access(of),
        updated: article.revisions > 0,
        headline,
        words: words(&of.text),
        seen: article.first_seen,
        tdm_reserved: of.tdm_reserved,
        copy_of,
    }
}
