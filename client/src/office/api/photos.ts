/** Addresses of a photo's pictures. */
export function photoThumbnail(id: string): string {
  return `/api/evidence/photos/${id}/thumbnail`;
}

export function photoDisplay(id: string): string {
  return `/api/evidence/photos/${id}/display`;
}

export function photoOriginal(id: string): string {
  return `/api/evidence/photos/${id}/original`;
}
