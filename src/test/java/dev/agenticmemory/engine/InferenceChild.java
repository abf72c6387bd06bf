package dev.agenticmemory.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.store.MemoryStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
      say("ready");
      requireGo();
      var _ = fixture.add(new Input.Text(args[2]), args[3].equals("-") ? null : args[3]);
      fixture.work();
      say("done");
    }
  }

  /// Starts it. What it says comes line by line.
  static Process start(
      Path folder, String modelUrl, String text, String key, int step, boolean after)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(InferenceChild.class.getName());
    command.addAll(List.of(folder.toString(), modelUrl, text, key));
    command.addAll(List.of(String.valueOf(step), after ? "after" : "before"));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  static BufferedReader said(Process process) {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
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
    say("here");
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void requireGo() throws IOException {
    if (System.in.read() < 0) {
      throw new IOException("The parent is gone");
    }
  }

  private static void say(String line) {
    try {
      System.out.write((line + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.flush();
  }
}
