#!/usr/bin/env bash
# The CloudEvents SDK for Java does not recognise a vendor's JSON type as JSON.
#
# Expected: `application/vnd.county+json` is JSON, by its suffix (RFC 6839), and the data is written as `data`.
# Seen: only letters may stand before `+json`. `application/county+json` is written as `data`, and
# `application/vnd.county+json` as `data_base64`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>look</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.cloudevents</groupId><artifactId>cloudevents-json-jackson</artifactId><version>4.0.1</version>
    </dependency>
  </dependencies>
</project>
XML
cat >Look.java <<'JAVA'
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import java.net.URI;

public class Look {
    public static void main(String[] arguments) {
        System.out.println("cloudevents-json-jackson 4.0.1; expected: data, data");
        boolean[] packed = new boolean[2];
        String[] types = {"application/county+json", "application/vnd.county+json"};
        for (int i = 0; i < 2; i++) {
            var event = CloudEventBuilder.v1().withId("1").withSource(URI.create("/c")).withType("a.b")
                    .withData(types[i], "{\"line\":\"a\"}".getBytes()).build();
            String text = new String(new JsonFormat().serialize(event));
            packed[i] = text.contains("data_base64");
            System.out.println("seen: " + types[i] + ": " + (packed[i] ? "data_base64" : "data"));
        }
        System.exit(!packed[0] && packed[1] ? 0 : 1);
    }
}
JAVA
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars
java -cp 'jars/*' Look.java || { echo "no longer seen"; exit 1; }
