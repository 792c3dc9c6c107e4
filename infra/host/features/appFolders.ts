import type { Feature } from "../feature";
import { file } from "../manifest";
import { verbatim } from "../render";

/** Folders of the app's releases and of what outlives them. */
export const appFolders: Feature = () => ({ files: [file("/etc/tmpfiles.d/webstack.conf", verbatim("systemd/webstack.tmpfiles"))] });
