//! `kiosque healthy`: asks a process whether it is ready, so that an image needs no other program for its check.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How long the process may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Succeeds where `/readyz` answers with 200.
pub(crate) fn run(address: SocketAddr) -> Result<ExitCode> {
    let answer = ask(address).with_context(|| format!("nobody answers at `{address}`"))?;
    let (status, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if !status.starts_with("HTTP/1.1 200 ") {
        bail!("{}", if body.is_empty() { status } else { body }.trim());
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
