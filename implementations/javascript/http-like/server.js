// Echo server for http-like: header lines, a blank line, and a body of Content-Length bytes or in chunks.
'use strict';

const { once } = require('node:events');
const net = require('node:net');

const MAX_HEADERS = 8192;
const MAX_BODY = 65536; // of a chunk too
const MAX_CHUNKS = 1000;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/;
const CRLF = Buffer.from('\r\n');

class Malformed extends Error {}
class EndOfStream extends Error {}

// Gives what a socket receives in the amounts that are asked for.
class Reader {
  constructor(socket) {
    this.chunks = socket[Symbol.asyncIterator]();
    this.held = Buffer.alloc(0);
  }

  async fill() {
    const { value, done } = await this.chunks.next();
    if (done) throw new EndOfStream();
    this.held = Buffer.concat([this.held, value]);
  }

  take(size) {
    const taken = this.held.subarray(0, size);
    this.held = this.held.subarray(size);
    return taken;
  }

  async exactly(size) {
    while (this.held.length < size) await this.fill();
    return this.take(size);
  }

  // A line of at most `limit` bytes, without its CRLF.
  async line(limit) {
    let end;
    while ((end = this.held.subarray(0, limit + 2).indexOf(CRLF)) < 0) {
      if (this.held.length >= limit + 2) throw new Malformed('no CRLF in time');
      await this.fill();
    }
    return this.take(end + 2).toString('latin1', 0, end);
  }
}

async function readHeaders(reader) {
  const headers = [];
  let left = MAX_HEADERS;
  let line;
  while ((line = await reader.line(left)) !== '') {
    const match = HEADER.exec(line);
    if (!match) throw new Malformed('not a header');
    headers.push({ name: match[1], value: match[2] });
    left = Math.max(0, left - line.length - 2);
  }
  return headers;
}

function values(headers, name) {
  return headers.filter((header) => header.name.toLowerCase() === name).map((header) => header.value);
}

function parseSize(text, form, radix) {
  const size = form.test(text) ? parseInt(text, radix) : NaN;
  if (!(size <= MAX_BODY)) throw new Malformed('not a number, or too large');
  return size;
}

// What Content-Length says, 0 where there is none; it may be said twice, but not two things.
function bodyLength(headers) {
  const lengths = new Set(values(headers, 'content-length'));
  if (lengths.size === 0) return 0;
  if (lengths.size > 1) throw new Malformed('two lengths');
  const [length] = lengths;
  return parseSize(length, /^[0-9]+$/, 10);
}

// The bodies of all chunks; the trailers come next.
async function readChunks(reader) {
  const chunks = [];
  while (chunks.length < MAX_CHUNKS) {
    const size = parseSize(await reader.line(8), /^[0-9A-Fa-f]+$/, 16);
    if (size === 0) return chunks;
    chunks.push(await reader.exactly(size));
    if (!(await reader.exactly(2)).equals(CRLF)) throw new Malformed('no CRLF after the chunk');
  }
  throw new Malformed('too many chunks');
}

async function readMessage(reader) {
  const headers = await readHeaders(reader);
  const codings = values(headers, 'transfer-encoding');
  const length = bodyLength(headers);
  if (codings.length === 0) return { headers, body: await reader.exactly(length) };
  if (codings.length > 1 || codings[0] !== 'chunked' || values(headers, 'content-length').length > 0) {
    throw new Malformed('nobody knows where the body ends');
  }
  const chunks = await readChunks(reader);
  return { headers, chunks, trailers: await readHeaders(reader) };
}

function headerLines(headers) {
  const lines = headers.map(({ name, value }) => `${name}: ${value}\r\n`);
  return Buffer.from(lines.join('') + '\r\n', 'latin1');
}

function frame({ headers, body, chunks, trailers }) {
  if (body) return Buffer.concat([headerLines(headers), body]);
  const framed = chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, CRLF]);
  return Buffer.concat([headerLines(headers), ...framed, Buffer.from('0\r\n'), headerLines(trailers)]);
}

async function serve(socket) {
  const reader = new Reader(socket);

  socket.setNoDelay(true);
  socket.on('error', () => {}); // the client vanished; reading and writing tell as well
  try {
    for (;;) {
      const message = await readMessage(reader);
      if (!socket.write(frame(message))) await once(socket, 'drain');
    }
  } catch {
    socket.destroySoon(); // after the replies have gone out
  }
}

// With allowHalfOpen, a client that has ended its side still gets the replies that are not written yet.
net.createServer({ allowHalfOpen: true }, serve).listen(Number(process.argv[2]), '127.0.0.1');
