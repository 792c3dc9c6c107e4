import { measures, type Names } from "../../host/cloudWatch";

interface Shown {
  readonly machine: string;
  readonly database: string | null;
  readonly site: string;
}

/**
 * The dashboard's body, of which the service has a schema:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardBody(names: Names, region: string, siteRegion: string, { machine, database, site }: Shown) {
  const host = ["InstanceId", machine] as const;
  const server = ["DBInstanceIdentifier", database ?? ""] as const;
  const charts: readonly (readonly [title: string, region: string, stat: string, metrics: readonly (readonly string[])[]])[] = [
    ["Site answers from outside (1 is yes)", siteRegion, "Minimum", [["AWS/Route53", "HealthCheckStatus", "HealthCheckId", site]]],
    [
      "Machine: CPU, memory and disk in %",
      region,
      "Average",
      [
        ["AWS/EC2", "CPUUtilization", ...host],
        [names.namespace, measures.memory, ...host],
        [names.namespace, measures.disk, ...host],
      ],
    ],
    [
      "Machine: CPU credits",
      region,
      "Average",
      [
        ["AWS/EC2", "CPUCreditBalance", ...host],
        ["AWS/EC2", "CPUSurplusCreditsCharged", ...host],
      ],
    ],
    [
      "Machine: network in bytes",
      region,
      "Sum",
      [
        ["AWS/EC2", "NetworkIn", ...host],
        ["AWS/EC2", "NetworkOut", ...host],
      ],
    ],
    ["Backups that failed", region, "Sum", [[names.namespace, measures.failedBackups]]],
    ...(database === null
      ? []
      : ([
          ["Database: CPU in %", region, "Average", [["AWS/RDS", "CPUUtilization", ...server]]],
          ["Database: connections", region, "Maximum", [["AWS/RDS", "DatabaseConnections", ...server]]],
          [
            "Database: free disk and memory in bytes",
            region,
            "Minimum",
            [
              ["AWS/RDS", "FreeStorageSpace", ...server],
              ["AWS/RDS", "FreeableMemory", ...server],
            ],
          ],
          [
            "Database: seconds for a read and a write",
            region,
            "Average",
            [
              ["AWS/RDS", "ReadLatency", ...server],
              ["AWS/RDS", "WriteLatency", ...server],
            ],
          ],
        ] as const)),
  ];
  const width = 12;
  const height = 6;
  return {
    widgets: charts.map(([title, where, stat, metrics], index) => ({
      type: "metric",
      x: (index % 2) * width,
      y: Math.floor(index / 2) * height,
      width,
      height,
      properties: { title, region: where, stat, period: 300, view: "timeSeries", stacked: false, metrics },
    })),
  };
}
