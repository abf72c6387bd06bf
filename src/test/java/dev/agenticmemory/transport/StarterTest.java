package dev.agenticmemory.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With real processes in the place of servers: one that leaves a file stands for one that runs.
@Timeout(120) // Only where something hangs.
final class StarterTest {

  @TempDir Path folder;

  @Test
  void whoseServerEndsDuringItsStartGetsTheOneOfTheNextClient() throws Exception {
    CompletableFuture<Boolean> first = starts("touch begun; sleep 1; exit 1");
    while (!Files.exists(folder.resolve("begun"))) {
      Thread.sleep(10);
    }
    CompletableFuture<Boolean> second = starts("sleep 1; touch up; sleep 1");
    assertThat(second.get()).isTrue();
    assertThat(first.get()).isTrue();
  }

  @Test
  void whereNobodyElseTriesNoneComes() throws Exception {
    assertThat(starts("exit 1").get()).isFalse();
  }

  /// Whether a link comes of it.
  private CompletableFuture<Boolean> starts(String server) {
    Starter starter = Starter.of(folder, () -> List.of("/bin/sh", "-c", server)).orElseThrow();
    return CompletableFuture.supplyAsync(
        () -> starter.await(this::link) != null, task -> Thread.ofPlatform().start(task));
  }

  private @Nullable Link link() {
    return Files.exists(folder.resolve("up")) ? new Up() : null;
  }

  private record Up() implements Link {
    @Override
    public void send(String line) {}

    @Override
    public boolean isOver() {
      return false;
    }

    @Override
    public boolean isSilent() {
      return false;
    }

    @Override
    public void close() {}
  }
}
