import java.io.IOException;
import java.util.Arrays;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.common.settings.Settings;

/**
 * Runs one OpenSearch node in this process until the process ends: ClusterNode HOME [--until-eof] NAME=VALUE...
 *
 * <p>The runner starts all nodes of a cluster in one process, where they cannot be killed one by one. Here each process
 * has one node, and the settings let them find one another. With --until-eof the process ends with its standard input,
 * so that it never outlives the one which holds the other end.
 */
public class ClusterNode {
    public static void main(String[] arguments) throws InterruptedException {
        if (Arrays.asList(arguments).contains("--until-eof")) {
            new Thread(ClusterNode::endWithStandardInput).start();
        }
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> Arrays.stream(arguments).skip(1).filter(each -> each.contains("="))
                .forEach(each -> put(settings, each)));
        // For the runner there is one node; its own word on discovery gives way to that of the settings.
        runner.build("-basePath", arguments[0], "-numOfNode", "1");
        Thread.currentThread().join();
    }

    private static void endWithStandardInput() {
        try {
            while (System.in.read() >= 0) {
                continue;
            }
        } catch (IOException failure) {
            System.err.println(failure);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void put(Settings.Builder settings, String argument) {
        int sign = argument.indexOf('=');
        String name = argument.substring(0, sign);
        String value = argument.substring(sign + 1);
        if (value.contains(",")) {
            settings.putList(name, value.split(","));
        } else {
            settings.put(name, value);
        }
    }
}
