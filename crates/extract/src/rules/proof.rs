//! A rule's own test pages: what a rule promises of a page, and where it does not keep it.

use kiosque_model::Article;

use super::{RuleSet, SiteRule};
use crate::text::squeeze;

/// What a page read by its rule must give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleTest {
    /// The page's file, beside the rule's.
    pub page: String,
    /// The address it was fetched from.
    pub url: String,
    /// The title, exactly.
    pub title: Option<String>,
    /// The authors, exactly and in order; an empty list says that there is none.
    pub authors: Option<Vec<String>>,
    /// How the date begins: a day, or more of the moment.
    pub published: Option<String>,
    /// How the text begins.
    pub opens: Option<String>,
    /// What the text holds.
    pub holds: Vec<String>,
    /// What the text does not hold.
    pub lacks: Vec<String>,
}

impl RuleTest {
    /// What an article says otherwise than promised, one line each. Empty where the promise is kept.
    #[must_use]
    pub fn broken_by(&self, article: &Article) -> Vec<String> {
        let mut out = Vec::new();
        let mut expect = |field: &str, wanted: &str, found: &str, kept: bool| {
            if !kept {
                out.push(format!("{field} must be `{wanted}` and is `{found}`"));
            }
        };
        if let Some(title) = &self.title {
            let found = article.title.as_deref().unwrap_or_default();
            expect("title", title, found, title == found);
        }
        if let Some(authors) = &self.authors {
            expect("authors", &authors.join(", "), &article.authors.join(", "), *authors == article.authors);
        }
        if let Some(date) = &self.published {
            let found = article.published.map(|p| p.to_string()).unwrap_or_default();
            expect("published", date, &found, found.starts_with(date.as_str()));
        }
        let text = squeeze(&article.text.replace('\n', " "));
        if let Some(opens) = &self.opens {
            let begin: String = text.chars().take(opens.chars().count().max(60)).collect();
            expect("opens", opens, &begin, text.starts_with(opens.as_str()));
        }
        for part in self.holds.iter().filter(|part| !text.contains(part.as_str())) {
            out.push(format!("the text must hold `{part}`"));
        }
        for part in self.lacks.iter().filter(|part| text.contains(part.as_str())) {
            out.push(format!("the text must not hold `{part}`"));
        }
        out
    }
}

impl RuleSet {
    /// Runs every rule's own test pages. `read` is given the rule, the test and the set, and gives the article or
    /// why there is none; what is broken comes back as rule file, page and complaint.
    pub fn prove(
        &self,
        mut read: impl FnMut(&SiteRule, &RuleTest, &Self) -> Result<Article, String>,
    ) -> Vec<(String, String, String)> {
        let mut out = Vec::new();
        for rule in self.iter() {
            for test in rule.tests() {
                let complaints = match read(rule, test, self) {
                    Ok(article) => test.broken_by(&article),
                    Err(why) => vec![why],
                };
                out.extend(complaints.into_iter().map(|c| (rule.file().to_owned(), test.page.clone(), c)));
            }
        }
        out
    }
}
