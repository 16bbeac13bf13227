async function serveAll(server, handle) {
  for await (const [socket] of on(server, "connection")) {
    // And nobody else until this client is done.
    for await (const chunk of socket) handle(socket, chunk);
  }
}
