//! Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them.

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const MAX_FRAME: usize = 1024 + 2;

/// Takes the next message and its CRLF out of what was read, if both are there.
fn take_frame(held: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = held.windows(2).position(|pair| pair == b"\r\n")? + 2;
    Some(held.drain(..end).collect())
}

/// A read, started again when a signal interrupts it.
fn read_some(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            result => return result,
        }
    }
}

/// Echoes messages until the stream ends, the client vanishes or a message is too long.
fn serve(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut held = Vec::new();
    let mut chunk = [0; MAX_FRAME];
    while held.len() < MAX_FRAME {
        let room = MAX_FRAME - held.len();
        let size = read_some(&mut stream, &mut chunk[..room])?;
        if size == 0 {
            break;
        }
        held.extend(&chunk[..size]);
        while let Some(frame) = take_frame(&mut held) {
            stream.write_all(&frame)?;
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let port = env::args().nth(1).expect("usage: server PORT");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve(&stream));
    }
    Ok(())
}
