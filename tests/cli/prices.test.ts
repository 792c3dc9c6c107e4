/**
 * Limit: the rows are written in the form of AWS' list, columns and usage types as public copies of it have them; the list itself is not
 * asked.
 */
import { listUrl, pricesIn, withReading } from "../../cli/prices/priceList";

// prettier-ignore
const columns = [
  "SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange", "Unit",
  "PricePerUnit", "Currency", "Product Family", "serviceCode", "Instance Type", "Database Engine", "Deployment Option", "Tenancy",
  "Operating System", "usageType", "CapacityStatus", "Pre Installed S/W",
];

/** A list with these rows, each told by what differs from an hour of a machine. */
function list(rows: readonly Readonly<Record<string, string>>[], head = columns): string[] {
  const machine = {
    SKU: "X",
    TermType: "OnDemand",
    StartingRange: "0",
    EndingRange: "Inf",
    Unit: "Hrs",
    Currency: "USD",
    "Product Family": "Compute Instance",
    Tenancy: "Shared",
    "Operating System": "Linux",
    CapacityStatus: "Used",
    "Pre Installed S/W": "NA",
    PriceDescription: 'a "quoted" word, and a comma',
    usageType: "EUW3-BoxUsage:t3.small",
  };
  const line = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
  return [
    ...[
      '"FormatVersion","v1.0"',
      '"Disclaimer","for information, with ""words"""',
      '"Publication Date","2026-11-20T00:00:00Z"',
      '"Version","20261120000000"',
      '"OfferCode","AmazonEC2"',
    ],
    line(head),
    ...rows.map((row) => line(head.map((column) => (({ ...machine, ...row }) as Record<string, string>)[column] ?? ""))),
  ];
}

const known = new Set(["t3.small", "db.t4g.micro"]);
const database = {
  "Product Family": "Database Instance",
  "Deployment Option": "Single-AZ",
  "Instance Type": "db.t4g.micro",
  Tenancy: "",
  "Operating System": "",
  usageType: "EUW3-InstanceUsage:db.t4g.micro",
};

test("the prices of the table are found among those of everything else", async () => {
  const found = await pricesIn(
    list([
      { "Instance Type": "t3.small", PricePerUnit: "0.0236000000" },
      { "Instance Type": "t3.small", PricePerUnit: "0.0420000000", "Operating System": "Windows" },
      { "Instance Type": "t3.small", PricePerUnit: "0.0260000000", Tenancy: "Dedicated" },
      { "Instance Type": "t3.small", PricePerUnit: "0.0000000000", CapacityStatus: "AllocatedCapacityReservation" },
      { "Instance Type": "t3.small", PricePerUnit: "0.5000000000", "Pre Installed S/W": "SQL Std" },
      { "Instance Type": "t3.small", PricePerUnit: "0.0150000000", TermType: "Reserved" },
      { "Instance Type": "x9.huge", PricePerUnit: "9.0000000000" },
      { ...database, "Database Engine": "PostgreSQL", PricePerUnit: "0.0190000000" },
      { ...database, "Database Engine": "MySQL", PricePerUnit: "0.0180000000" },
      { ...database, "Database Engine": "MySQL", PricePerUnit: "0.0360000000", "Deployment Option": "Multi-AZ" },
      { ...database, "Database Engine": "Oracle", PricePerUnit: "0.0900000000" },
      { "Product Family": "NAT Gateway", usageType: "EUW3-NatGateway-Hours", PricePerUnit: "0.0500000000" },
      { "Product Family": "NAT Gateway", usageType: "EUW3-NatGateway-Bytes", Unit: "GB", PricePerUnit: "0.0510000000" },
      { "Product Family": "Storage", usageType: "EUW3-EBS:VolumeUsage.gp3", Unit: "GB-Mo", PricePerUnit: "0.0928000000" },
      { "Product Family": "Database Storage", usageType: "EUW3-RDS:GP3-Storage", Unit: "GB-Mo", PricePerUnit: "0.1330000000" },
      { "Product Family": "Secret", usageType: "EUW3-AWSSecretsManager-Secrets", Unit: "Secrets", PricePerUnit: "0.4000000000" },
      { "Product Family": "Alarm", usageType: "EUW3-CW:AlarmMonitorUsage", Unit: "Alarms", PricePerUnit: "0.1000000000" },
      { "Product Family": "Alarm", usageType: "EUW3-CW:HighResAlarmMonitorUsage", Unit: "Alarms", PricePerUnit: "0.3000000000" },
      {
        "Product Family": "Alarm",
        usageType: "EUW3-CW:AlarmMonitorUsage",
        Unit: "Alarms",
        PricePerUnit: "0.0500000000",
        StartingRange: "10000",
      },
    ]),
    known,
  );
  expect(found).toEqual({
    hourly: { "t3.small": 0.0236, "postgres db.t4g.micro": 0.019, "mysql db.t4g.micro": 0.018, natGateway: 0.05 },
    monthly: { diskGiB: 0.0928, databaseDiskGiB: 0.133, secret: 0.4, alarm: 0.1 },
  });
});

test("us-east-1, whose usage types have no region before them, is read as well", async () => {
  expect(
    await pricesIn(list([{ "Product Family": "NAT Gateway", usageType: "NatGateway-Hours", PricePerUnit: "0.0450000000" }]), known),
  ).toEqual({ hourly: { natGateway: 0.045 }, monthly: {} });
});

test("a text that is no such list is refused, by the columns that it lacks", async () => {
  await expect(pricesIn(["<html>", "<body>the proxy says no</body>"], known)).rejects.toThrow(
    "the list has no column TermType, StartingRange, PricePerUnit, Currency, usageType",
  );
  await expect(
    pricesIn(
      list(
        [],
        columns.filter((column) => column !== "usageType"),
      ),
      known,
    ),
  ).rejects.toThrow("the list has no column usageType: it is not as");
});

test("a region's reading takes the place of its older ones, and of no other's", () => {
  const of = (region: string, read: string, price: number) => ({
    region,
    read,
    source: "list",
    hourly: { "t3.small": price, natGateway: 1 },
    monthly: {},
  });
  const after = withReading(
    [of("eu-west-3", "2026-01-01", 1), of("us-east-1", "2026-01-01", 2), of("eu-west-3", "2026-02-01", 3)],
    of("eu-west-3", "2026-11-26", 4),
  );
  expect(after.map(({ region, read, hourly }) => [region, read, hourly["t3.small"]])).toEqual([
    ["us-east-1", "2026-01-01", 2],
    ["eu-west-3", "2026-11-26", 4],
  ]);
  expect(Object.keys(after[1]?.hourly ?? {})).toEqual(["natGateway", "t3.small"]);
});

test("a list is asked for by service and region", () => {
  expect(listUrl("AmazonRDS", "eu-west-3")).toBe(
    "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonRDS/current/eu-west-3/index.csv",
  );
});
