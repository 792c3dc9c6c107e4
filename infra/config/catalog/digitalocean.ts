/** Names of images by our own. https://docs.digitalocean.com/products/droplets/details/images/ */
export const images: Readonly<Record<string, string>> = { "debian-12": "debian-12-x64" };
