//! A disk of a few megabytes, to be filled under a store.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// A disk that can be filled.
pub(crate) struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    /// One that is mounted there.
    pub(crate) fn at(at: PathBuf) -> Self {
        Self { at }
    }

    fn ballast(&self) -> PathBuf {
        self.at.join("ballast")
    }

    /// Leaves some hundred kilobytes, which is room for an empty store alone.
    pub(crate) fn fill(&self) {
        let mut ballast = std::fs::File::create(self.ballast()).unwrap();
        ballast.write_all(&vec![0; (16 << 20) - (600 << 10)]).unwrap();
    }

    pub(crate) fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a store may still be open in a process that is being killed.
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}
