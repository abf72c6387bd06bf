import java.io.IOException;
import java.io.PrintStream;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/// Runs OpenSearch with its k-NN plugin in this process until the input ends. Arguments: a folder
/// for what this server writes, the ports for HTTP and for other nodes, and settings as
/// `name=value`.
public final class OpenSearchNode {

  public static void main(String[] args) {
    PrintStream out = System.out; // The server's log takes its place.
    OpenSearchRunner runner = new OpenSearchRunner();
    runner
        .onBuild((number, settings) -> {
          settings.put("discovery.type", "single-node");
          settings.put("network.host", "127.0.0.1");
          settings.put("http.port", args[1]);
          settings.put("transport.port", args[2]);
          settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
          for (int i = 3; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
          }
        })
        .build(
            OpenSearchRunner.newConfigs()
                .clusterName("test")
                .numOfNode(1)
                .basePath(args[0])
                .useLogger()
                .pluginTypes("org.opensearch.knn.plugin.KNNPlugin"));
    out.println("READY");
    awaitEnd();
    // No farewell: what was acknowledged must be there after a power cut too.
    Runtime.getRuntime().halt(0);
  }

  private static void awaitEnd() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      // The parent is gone.
    }
  }
}
