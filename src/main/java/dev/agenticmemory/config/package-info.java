/// Settings, read once at the start.
@NullMarked
package dev.agenticmemory.config;

import org.jspecify.annotations.NullMarked;
