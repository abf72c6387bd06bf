/// Times that come again: cron expressions.
@NullMarked
package dev.agenticmemory.cron;

import org.jspecify.annotations.NullMarked;
