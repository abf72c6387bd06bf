import com.robothy.s3.rest.LocalS3;
import java.io.PrintStream;

/// Runs a stand-in for S3 Vectors in this process until the input ends. Arguments: a folder, which
/// is not used, and the port for HTTP.
public final class S3VectorsNode {

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    LocalS3.builder().port(Integer.parseInt(args[1])).build().start();
    out.println("READY");
    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }
}
