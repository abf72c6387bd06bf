/// The program as a service of the person who is logged in, kept running by systemd.
@NullMarked
package dev.agenticmemory.systemd;

import org.jspecify.annotations.NullMarked;
