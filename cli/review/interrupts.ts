/** Inputs whose change leaves the resource in place and interrupts it, with what happens, by type. */
const interruptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // https://docs.digitalocean.com/products/droplets/how-to/resize/
  "digitalocean:index/droplet:Droplet": { size: "it is switched off for its resize, some minutes" },
  // https://docs.digitalocean.com/products/databases/postgresql/how-to/resize/
  "digitalocean:index/databaseCluster:DatabaseCluster": {
    size: "its nodes are exchanged, and connections break for some seconds at the switch",
    nodeCount: "its nodes are exchanged, and connections break for some seconds at the switch",
    version: "it is upgraded in place, connections break meanwhile, and there is no way back",
    region: "it moves, and connections break at the switch",
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html
  "aws:ec2/instance:Instance": { instanceType: "it is stopped and started with its new size", userData: "it is stopped and started" },
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
  "aws:rds/instance:Instance": {
    instanceClass: "it restarts with its new size: minutes, or a failover where it has a standby",
    engineVersion: "it is upgraded in place, away meanwhile, and there is no way back",
  },
};

/** What an update of that input interrupts; undefined where nothing does. */
export const interruptionOf = (type: string, input: string): string | undefined => interruptions[type]?.[input];
