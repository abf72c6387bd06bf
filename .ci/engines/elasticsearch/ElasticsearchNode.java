import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.elasticsearch.bootstrap.BootstrapInfo;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/// Runs an unpacked distribution of Elasticsearch in this process, as any user, until the input
/// ends. Its own start script refuses root. Arguments: the distribution, a folder for what this
/// server writes, the ports for HTTP and for other nodes, and settings as `name=value`.
public final class ElasticsearchNode {

  private static final List<String> CONFIGURATION =
      List.of("log4j2.properties", "roles.yml", "role_mapping.yml", "users", "users_roles");

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Path run = Path.of(args[1]);
    PrintStream out = System.out; // The server's log takes its place.
    copyConfiguration(home.resolve("config"), run.resolve("config"));
    Files.createDirectories(run.resolve("logs"));
    LogConfigurator.configureESLogging();
    BootstrapInfo.init();
    Environment environment =
        new Environment(settings(home, run, args), run.resolve("config"));
    LogConfigurator.setNodeName("test");
    LogConfigurator.configure(environment, false);
    PluginsLoader plugins =
        PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir(), false),
            PluginsLoader.loadPluginsBundles(environment.pluginsDir(), false),
            Map.of(),
            true);
    new Node(environment, plugins).start();
    out.println("READY");
    while (System.in.read() >= 0) {}
    // No farewell: what was acknowledged must be there after a power cut too.
    Runtime.getRuntime().halt(0);
  }

  private static void copyConfiguration(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    for (String name : CONFIGURATION) {
      if (Files.exists(from.resolve(name)) && !Files.exists(to.resolve(name))) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
    }
  }

  private static Settings settings(Path home, Path run, String[] args) {
    Settings.Builder settings =
        Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", run.resolve("data").toString())
            .put("path.logs", run.resolve("logs").toString())
            .put("cluster.name", "test")
            .put("node.name", "test")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[2])
            .put("transport.port", args[3])
            .put("discovery.type", "single-node")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("xpack.security.enabled", false);
    for (String each : List.of(args).subList(4, args.length)) {
      int equals = each.indexOf('=');
      settings.put(each.substring(0, equals), each.substring(equals + 1));
    }
    return settings.build();
  }
}
