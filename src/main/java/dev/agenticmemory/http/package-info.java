/// The program on the network: the server, its doors, the REST contracts.
///
/// A request passes the filters of [dev.agenticmemory.http.HttpServer] in their order, then reaches
/// the servlet that is mounted at its path. Servlets take the caller from the request; see
/// [dev.agenticmemory.http.Door#CALLER].
@NullMarked
package dev.agenticmemory.http;

import org.jspecify.annotations.NullMarked;
