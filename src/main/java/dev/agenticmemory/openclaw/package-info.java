/// What knows the files of agents: OpenClaw's configuration, workspaces, diaries and `MEMORY.md`.
@NullMarked
package dev.agenticmemory.openclaw;

import org.jspecify.annotations.NullMarked;
