//! Further certificate authorities that the provider may be known by, from a file.

use std::fs;
use std::path::Path;

use reqwest::Certificate;
use thiserror::Error;

/// Why a file gives no certificate authority. Its path is what the configuration says, and nothing in it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum CaFileError {
    /// Usual cause: a path that is right on another machine, or outside of a container.
    #[error("the file cannot be read ({0})")]
    Unreadable(std::io::ErrorKind),
    #[error("the file has no certificate that can be used")]
    NoCertificate,
}

impl CaFileError {
    /// What to do about it.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Unreadable(_) => {
                "write the path of a file that this process may read, inside of its container if it runs in one, or unset \
                 AZURE_CA_FILE"
            }
            Self::NoCertificate => {
                "put one certificate or more into it in PEM, each from `-----BEGIN CERTIFICATE-----` on; \
                 `openssl x509 -in <file> -inform der` writes PEM"
            }
        }
    }
}

/// The certificates in a file, in PEM (RFC 7468 §5), at least one.
pub(crate) fn read(path: &Path) -> Result<Vec<Certificate>, CaFileError> {
    let text = fs::read(path).map_err(|error| CaFileError::Unreadable(error.kind()))?;
    match Certificate::from_pem_bundle(&text) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(CaFileError::NoCertificate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate of nobody, self-signed.
    const CERTIFICATE: &str = include_str!("ca_file_tests.pem");

    #[test]
    fn a_file_of_certificates_is_read_whole_and_any_other_is_named() {
        let folder = std::env::temp_dir().join(format!("azure-auth-ca-file-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text, expected) in [
            ("one", CERTIFICATE.to_owned(), Ok(1)),
            ("two, and words between", format!("{CERTIFICATE}\nof the office\n{CERTIFICATE}"), Ok(2)),
            ("none", String::new(), Err(CaFileError::NoCertificate)),
            ("words", "not a certificate".to_owned(), Err(CaFileError::NoCertificate)),
            ("cut", CERTIFICATE[..CERTIFICATE.len() / 2].to_owned(), Err(CaFileError::NoCertificate)),
        ] {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            assert_eq!(read(&path).map(|certificates| certificates.len()), expected, "{name}");
        }
        let missing = read(&folder.join("missing")).unwrap_err();
        assert_eq!(missing, CaFileError::Unreadable(std::io::ErrorKind::NotFound));
        fs::remove_dir_all(&folder).unwrap();
    }
}
