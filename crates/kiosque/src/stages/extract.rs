//! `extract`: turns a page into an article, or says why it is none.

use kiosque_extract::ExtractError;
use kiosque_model::{Article, Kind, Reason, UniquePage};
use kiosque_stream::{Failure, Outcome, Stage};

/// The stage: it has no state.
pub(crate) struct Extract;

impl Stage for Extract {
    const NAME: &'static str = "extract";
    type In = UniquePage;
    type Out = Article;

    fn process(&mut self, UniquePage(page): UniquePage) -> Result<Outcome<Article>, Failure> {
        Ok(match kiosque_extract::extract(&page) {
            Ok(article) => outcome(article),
            Err(error @ ExtractError::NotHtml { .. }) => {
                Outcome::Drop(Reason::NotHtml, Some(error.to_string()))
            }
            Err(error @ (ExtractError::Empty | ExtractError::Address { .. })) => {
                Outcome::Drop(Reason::NoText, Some(error.to_string()))
            }
        })
    }
}

/// An article needs a title and some text; a video or gallery is one with its title alone.
fn outcome(article: Article) -> Outcome<Article> {
    let told = |words: &str| Some(words.to_owned());
    match article.kind {
        Kind::Listing => Outcome::Drop(Reason::Listing, told("the page lists articles and is none")),
        Kind::Other => Outcome::Drop(Reason::NoText, told("the page is no article")),
        _ if article.title.is_none() => Outcome::Drop(Reason::NoText, told("no title was found")),
        Kind::Article | Kind::Live if article.text.trim().is_empty() => {
            Outcome::Drop(Reason::NoText, told("no text was found"))
        }
        Kind::Article | Kind::Live | Kind::Video | Kind::Gallery => Outcome::Forward(article),
    }
}
