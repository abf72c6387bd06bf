/// The command line. Parses options, calls the same tools as an MCP client does, and prints for
/// people, or with `--json` what the tool answered.
@NullMarked
package dev.agenticmemory.cli;

import org.jspecify.annotations.NullMarked;
