import { databaseUrl } from "../../infra/host/environment";

const place = { user: "oc_pizza", password: "p@ss/wörd", host: "10.20.0.30", name: "oc_pizza" };

test("the URL of PostgreSQL has its certificate and name checked", () => {
  expect(databaseUrl("postgres", { ...place, port: 5432 })).toBe(
    "postgresql://oc_pizza:p%40ss%2Fw%C3%B6rd@10.20.0.30:5432/oc_pizza?sslmode=verify-full&sslrootcert=/etc/webstack/database-ca.pem",
  );
});

test("the URL of MySQL names the CA, by which the app checks certificate and name", () => {
  expect(databaseUrl("mysql", { ...place, port: 3306 })).toBe(
    "mysql://oc_pizza:p%40ss%2Fw%C3%B6rd@10.20.0.30:3306/oc_pizza?ssl_ca=/etc/webstack/database-ca.pem",
  );
});
