/** Names that the host and CloudWatch must spell alike. */
export interface Names {
  /** Namespace of the host's own measures. */
  readonly namespace: string;
  /** Log group of what deployments and backups said. */
  readonly hostLogs: string;
}

/** As the agent names them. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/metrics-collected-by-CloudWatch-agent.html */
export const measures = { memory: "mem_used_percent", disk: "disk_used_percent", failedBackups: "failed_backups" } as const;

export const namesOf = (prefix: string): Names => ({ namespace: prefix, hostLogs: `/${prefix}/host` });
