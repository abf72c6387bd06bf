/// What the clients of remote models have in common: bounded HTTP, and failures by who can act.
@NullMarked
package dev.agenticmemory.remote;

import org.jspecify.annotations.NullMarked;
