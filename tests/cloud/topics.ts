import type { Store, Told } from "./store";
import { mayDo } from "./roles";

/** An answer of SNS. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * `Publish` of SNS: a role that may tell a topic which there is has its message brought to the topic's receivers, here written down for the
 * test. Real receivers have confirmed by a link first. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function publish(store: Store, role: string | undefined, body: Buffer): Answer {
  const {
    Action = "",
    TopicArn: topic = "",
    Subject: subject = "",
    Message: text = "",
  } = Object.fromEntries(new URLSearchParams(body.toString()));
  const refused = (status: number, code: string, message: string) => ({
    status,
    type: "text/xml",
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  });
  if (role === undefined) return refused(403, "InvalidClientTokenId", "The security token included in the request is invalid");
  if (!mayDo(store, role, `sns:${Action}`, topic))
    return refused(403, "AuthorizationError", `User is not authorized to perform: SNS:${Action}`);
  if (!store.all("aws:sns/topic:Topic").some(({ id }) => id === topic)) return refused(404, "NotFound", "Topic does not exist");
  // Of the documented limits, those that a subject can miss without anybody seeing it.
  if (!/^[!-~][ -~]{0,98}$/.test(subject)) return refused(400, "InvalidParameter", "Invalid parameter: Subject");
  const to = store
    .all("aws:sns/topicSubscription:TopicSubscription")
    .filter(({ inputs }) => inputs.topic === topic)
    .map(({ inputs }) => String(inputs.endpoint));
  const told: Told = { subject, text, to };
  store.tell(told);
  return {
    status: 200,
    type: "text/xml",
    body: "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>",
  };
}
