//! Receiver for blocks-u32: blocks with a 4-byte big-endian length, of which an empty one is the last.
//!
//! Each block is one line of JSON on standard output, as soon as it is complete: `{"message": "hello"}`, or
//! `{"hex": "00ff"}` where it is not UTF-8. The end of the stream is `{"end": true}`, or `{"error": "…"}` where
//! it should not have come yet or the stream is malformed.

use std::env;
use std::fmt::Write as _;
use std::io::{self, Error, ErrorKind, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

const MAX_LENGTH: usize = 65536;

fn receive_block(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut header = [0; 4];
    stream.read_exact(&mut header)?;
    let length = u32::from_be_bytes(header) as usize;
    if length > MAX_LENGTH {
        let what = format!("a block of {length} bytes is too long");
        return Err(Error::new(ErrorKind::InvalidData, what));
    }
    let mut block = vec![0; length];
    stream.read_exact(&mut block)?;
    Ok(block)
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

/// Writes down each block, the empty one too, behind which the stream must end.
fn receive_blocks(stream: &mut impl Read) -> io::Result<()> {
    loop {
        let block = receive_block(stream)?;
        write_down_block(&block)?;
        if block.is_empty() {
            break;
        }
    }
    match read_some(stream, &mut [0])? {
        0 => Ok(()),
        _ => Err(Error::new(
            ErrorKind::InvalidData,
            "there is something behind the last block",
        )),
    }
}

fn write_down_block(block: &[u8]) -> io::Result<()> {
    match std::str::from_utf8(block) {
        Ok(text) => write_down("message", &quoted(text)),
        Err(_) => write_down("hex", &quoted(&hex(block))),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\0'..='\x1f' => {
                write!(json, "\\u{:04x}", u32::from(c)).expect("a String takes everything")
            }
            _ => json.push(c),
        }
    }
    json + "\""
}

/// The lock that it takes keeps the lines of two connections apart.
fn write_down(key: &str, value: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{{\"{key}\": {value}}}")?;
    output.flush()
}

/// Writes down blocks until the stream ends, the client vanishes or what it sends is malformed.
fn serve(mut stream: &TcpStream) -> io::Result<()> {
    match receive_blocks(&mut stream) {
        Ok(()) => write_down("end", "true"),
        Err(error) => write_down("error", &quoted(&error.to_string())),
    }
}

fn main() -> io::Result<()> {
    let port = env::args().nth(1).expect("usage: server PORT");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    for stream in listener.incoming().flatten() {
        thread::spawn(move || serve(&stream));
    }
    Ok(())
}
