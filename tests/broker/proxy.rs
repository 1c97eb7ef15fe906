//! A network that can be taken away: a TCP proxy between the stages and the broker.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::bed::Server;

/// The proxy at the address under which the broker names itself.
pub(crate) struct Proxy {
    address: String,
    stalled: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// `None`, and says so, where the broker was not started with `--advertise`.
    pub(crate) fn open(server: &Server) -> Option<Self> {
        let (address, behind) = server.behind("the network cannot be cut without `--advertise`")?;
        let listener = TcpListener::bind(&address).unwrap();
        let proxy = Self { address, stalled: Arc::default(), open: Arc::default() };
        let (stalled, open) = (Arc::clone(&proxy.stalled), Arc::clone(&proxy.open));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if stalled.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(broker) = TcpStream::connect(&behind) else { continue };
                open.lock().unwrap().extend([client.try_clone().unwrap(), broker.try_clone().unwrap()]);
                for (from, to) in
                    [(client.try_clone().unwrap(), broker.try_clone().unwrap()), (broker, client)]
                {
                    let stalled = Arc::clone(&stalled);
                    std::thread::spawn(move || carry(from, to, &stalled));
                }
            }
        });
        Some(proxy)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Carries nothing any more, and says nothing about it; or carries again.
    pub(crate) fn stall(&self, stalled: bool) {
        self.stalled.store(stalled, Ordering::SeqCst);
    }

    /// Resets every connection.
    pub(crate) fn cut(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            // One that the peer has closed already is as cut as it can be.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, stalled: &AtomicBool) {
    let mut buffer = [0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        while stalled.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
