//! Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// The next message; `UnexpectedEof` if the stream ends before, `InvalidData` if it is not UTF-8.
fn receive_message(mut stream: impl Read) -> io::Result<String> {
    let mut header = [0; 2];
    stream.read_exact(&mut header)?;
    let mut text = vec![0; u16::from_be_bytes(header).into()];
    stream.read_exact(&mut text)?;
    String::from_utf8(text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn send_message(mut stream: impl Write, message: &str) -> io::Result<()> {
    let length = u16::try_from(message.len()).expect("no message that came is longer");
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(message.as_bytes());
    stream.write_all(&frame)
}

/// Echoes messages until the stream ends, the client vanishes or what it sends is not UTF-8: all are errors.
fn serve(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    loop {
        send_message(stream, &receive_message(stream)?)?;
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
