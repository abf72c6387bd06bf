package dev.agenticmemory.engine;

import dev.agenticmemory.store.MemoryStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// A process that adds one text with a model, and may be told to wait between two steps for being
/// killed. Its arguments: the folder, the model's URL, the text, the idempotency key or `-`, the
/// step, and `before` or `after`.
final class InferenceChild {

  /// No add has so many steps.
  static final int NEVER = 1_000;

  private InferenceChild() {}

  static void main(String[] args) throws IOException {
    int step = Integer.parseInt(args[4]);
    UnaryOperator<MemoryStore> around = stopping(step, args[5].equals("after"));
    try (InferenceFixture fixture = InferenceFixture.asking(Path.of(args[0]), args[1], around)) {
      ChildProcess.say("ready");
      ChildProcess.requireGo();
      var _ = fixture.add(new Input.Text(args[2]), args[3].equals("-") ? null : args[3]);
      fixture.work();
      ChildProcess.say("done");
    }
  }

  /// Starts it. What it says comes line by line.
  static Process start(
      Path folder, String modelUrl, String text, String key, int step, boolean after)
      throws IOException {
    return ChildProcess.start(
        InferenceChild.class,
        folder.toString(),
        modelUrl,
        text,
        key,
        String.valueOf(step),
        after ? "after" : "before");
  }

  /// Waits for ever just before or just after the `n`th call of the store.
  private static UnaryOperator<MemoryStore> stopping(int n, boolean after) {
    AtomicInteger calls = new AtomicInteger();
    return store ->
        (MemoryStore)
            Proxy.newProxyInstance(
                MemoryStore.class.getClassLoader(),
                new Class<?>[] {MemoryStore.class},
                (_, method, arguments) -> {
                  boolean here = !method.getName().equals("close") && calls.incrementAndGet() == n;
                  if (here && !after) {
                    stop();
                  }
                  try {
                    Object result = method.invoke(store, arguments);
                    if (here) {
                      stop();
                    }
                    return result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  private static void stop() throws InterruptedException {
    ChildProcess.say("here");
    Thread.sleep(Long.MAX_VALUE);
  }
}
