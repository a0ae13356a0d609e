//! The three languages of the county's reports.

/// A language of report texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Finnish.
    Fi,
    /// Swedish as written in Finland.
    Sv,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::Fi, Self::Sv, Self::En];

    /// Its ISO 639-1 code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fi => "fi",
            Self::Sv => "sv",
            Self::En => "en",
        }
    }

    /// The text in this language.
    #[must_use]
    pub const fn of(self, texts: Texts) -> &'static str {
        match self {
            Self::Fi => texts.0,
            Self::Sv => texts.1,
            Self::En => texts.2,
        }
    }
}

/// A text in Finnish, Swedish and English.
pub(crate) type Texts = (&'static str, &'static str, &'static str);

/// A name in each language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedName {
    /// In Finnish.
    pub fi: String,
    /// In Swedish.
    pub sv: String,
    /// In English.
    pub en: String,
}

impl LocalizedName {
    /// The name in this language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Fi => &self.fi,
            Language::Sv => &self.sv,
            Language::En => &self.en,
        }
    }
}
