//! Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back.

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

const MESSAGES: [&str; 3] = ["hello", "", "naïve €"];

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

/// The next message with its CRLF; what was read behind it stays in `held`.
fn receive_frame(mut stream: impl Read, held: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut chunk = [0; 4096];
    loop {
        if let Some(frame) = take_frame(held) {
            return Ok(frame);
        }
        let size = read_some(&mut stream, &mut chunk)?;
        if size == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        held.extend(&chunk[..size]);
    }
}

/// Sends each message, and waits for it to come back before the next.
fn ask(mut stream: &TcpStream) -> io::Result<()> {
    let mut held = Vec::new();
    for message in MESSAGES {
        stream.write_all(format!("{message}\r\n").as_bytes())?;
        let frame = receive_frame(stream, &mut held)?;
        print!("{}", String::from_utf8_lossy(&frame));
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [host, port] = arguments.as_slice() else {
        panic!("usage: client HOST PORT");
    };
    let port = port.parse().expect("PORT is a number");
    ask(&TcpStream::connect((host.as_str(), port))?)
}
