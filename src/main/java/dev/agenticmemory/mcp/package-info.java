/// The Model Context Protocol: what a client sends, and what goes back. Knows both eras of the
/// protocol and no transport.
///
/// [dev.agenticmemory.mcp.Dispatcher] is the whole protocol in one `switch`. A tool is one class;
/// its definition is a JSON file of the same name in `resources/mcp/tools`. Tools parse arguments,
/// call one use case of `engine` and word the answer; no rules live here.
@NullMarked
package dev.agenticmemory.mcp;

import org.jspecify.annotations.NullMarked;
