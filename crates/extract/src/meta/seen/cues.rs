//! The words beside a printed date that say what it is the date of.

/// Words that say the date after them is of a change.
pub(super) const CHANGED: [&str; 16] = [
    "modifie",
    "mis a jour",
    "mise a jour",
    "maj",
    "actualise",
    "updated",
    "modified",
    "last update",
    "actualizado",
    "aktualisiert",
    "اخر تحديث",
    "تحديث",
    "تم التحديث",
    "edited",
    "aggiornato",
    "bijgewerkt",
];

/// Words (folded) a line opens with that is the date of publication.
pub(super) const LABELS: [&str; 26] = [
    "date",
    "date de publication",
    "publie",
    "publiee",
    "publication",
    "mise en ligne",
    "mis en ligne",
    "paru",
    "parution",
    "published",
    "publish date",
    "posted",
    "posted on",
    "datum",
    "veroffentlicht",
    "veroffentlicht am",
    "erschienen",
    "erschienen am",
    "pressemitteilung vom",
    "fecha",
    "publicado",
    "نشر",
    "نشر في",
    "تاريخ النشر",
    "تاريخ",
    "التاريخ",
];

/// Parts (folded) of sentences that tell when a page was published.
pub(super) const SENTENCES: [&str; 11] = [
    "uhr gepostet",
    "uhr veroffentlicht",
    "beitrag wurde",
    "artikel wurde",
    "veroffentlicht am",
    "article publie le",
    "mis en ligne le",
    "was published on",
    "was posted on",
    "publicado el",
    "نشر هذا",
];

/// Parts (folded) of lines that tell when a page was changed last.
pub(super) const REVISED: [&str; 8] = [
    "zuletzt am",
    "letzte anderung",
    "zuletzt geandert",
    "last edited on",
    "last modified",
    "derniere modification",
    "ultima modificacion",
    "اخر تعديل",
];
