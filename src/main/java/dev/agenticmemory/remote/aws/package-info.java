/// How clients of Amazon's services are made here: by the JDK's HTTP, bounded, without retries of
/// their own.
@NullMarked
package dev.agenticmemory.remote.aws;

import org.jspecify.annotations.NullMarked;
