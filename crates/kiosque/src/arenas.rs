//! Memory for long runs: the C library keeps a heap for every few threads, and each holds on to the largest page it ever
//! saw. Two are enough here, and only the environment of a new process can say so (docs/decisions/005).

use std::ffi::OsStr;

use crate::cli::Command;

const VARIABLE: &str = "MALLOC_ARENA_MAX";
const ARENAS: &str = "2";

/// Begins the process anew, with its number and its arguments, where it is to run long and nobody chose otherwise.
/// Where that cannot be done it goes on as it is.
pub(crate) fn keep_few(command: &Command) {
    let is_long = matches!(command, Command::Run(_) | Command::Stage(_));
    if is_long && wants(std::env::var_os(VARIABLE).as_deref()) {
        begin_anew();
    }
}

/// Whether the number is still to be said.
fn wants(said: Option<&OsStr>) -> bool {
    cfg!(all(target_os = "linux", target_env = "gnu")) && said.is_none()
}

#[cfg(unix)]
fn begin_anew() {
    use std::os::unix::process::CommandExt as _;

    let mut arguments = std::env::args_os();
    let (name, Ok(program)) = (arguments.next().unwrap_or_default(), std::env::current_exe()) else { return };
    let mut again = std::process::Command::new(program);
    // It comes back only where it failed, and more memory is no reason not to run.
    let failed = again.arg0(name).args(arguments).env(VARIABLE, ARENAS).exec();
    eprintln!("warning: more memory than needed will be used: {failed}");
}

#[cfg(not(unix))]
const fn begin_anew() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_chose_is_left() {
        assert!(!wants(Some(OsStr::new("8"))) && !wants(Some(OsStr::new(""))));
        assert_eq!(wants(None), cfg!(all(target_os = "linux", target_env = "gnu")));
    }
}
