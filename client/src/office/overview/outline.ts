/**
 * Rough frames to draw behind the points, since no tiles and no exact borders are available.
 * Source: bounding boxes of county and inner city, good to about 2 km; they orient, they prove nothing.
 */

export interface Box { west: number; east: number; south: number; north: number }
export interface CountyFrame { county: Box; city: Box | null }

const FRAMES: Record<string, CountyFrame> = {
  140525: {
    county: { west: 112.5452, east: 113.2273, south: 35.1953, north: 35.7138 },
    city: { west: 112.7525, east: 112.9191, south: 35.4238, north: 35.5894 },
  },
};

export function countyFrame(countyCode: string): CountyFrame | null {
  return FRAMES[countyCode] ?? null;
}

export interface FramePolygon { type: 'Polygon'; coordinates: [number, number][][] }

/** The box as a polygon with cut corners: a frame, visibly no border. GeoJSON order, WGS-84. */
export function framePolygon(box: Box, cut = 0.08): FramePolygon {
  const dx = (box.east - box.west) * cut;
  const dy = (box.north - box.south) * cut;
  const ring: [number, number][] = [
    [box.west + dx, box.south], [box.east - dx, box.south], [box.east, box.south + dy], [box.east, box.north - dy],
    [box.east - dx, box.north], [box.west + dx, box.north], [box.west, box.north - dy], [box.west, box.south + dy],
  ];
  return { type: 'Polygon', coordinates: [[...ring, [box.west + dx, box.south]]] };
}
